import { createRouter, createWebHashHistory, type Router, type RouterHistory } from 'vue-router'
import CustomerPage from './CustomerPage.vue'

/**
 * Hash routes: the JS-SDK signs the page's address without its fragment, so moving between pages
 * needs no new signature.
 */
export function makeRouter(history: RouterHistory = createWebHashHistory()): Router {
  return createRouter({
    history,
    routes: [
      { path: '/contact', name: 'contact', component: CustomerPage },
      {
        path: '/materials',
        name: 'materials',
        component: () => import('./materials/MaterialsPage.vue'),
      },
      {
        path: '/materials/:id',
        name: 'material',
        component: () => import('./materials/MaterialPage.vue'),
        props: true,
      },
      {
        path: '/workorders/:id',
        name: 'workorder',
        component: () => import('./workorders/WorkorderPage.vue'),
        props: true,
      },
      { path: '/:rest(.*)*', redirect: { name: 'contact' } },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
}
