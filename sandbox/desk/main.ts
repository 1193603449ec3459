import { createApp } from 'vue'
import DeskApp from './DeskApp.vue'
import './tokens.css'

createApp(DeskApp).mount('#desk')
