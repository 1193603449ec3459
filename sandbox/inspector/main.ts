import { createApp } from 'vue'
import InspectorApp from './InspectorApp.vue'
import './inspector.css'

createApp(InspectorApp).mount('#inspector')
