/** Which list the middle column of WeCom shows. */
export type Place = 'messages' | 'contacts' | 'workbench'
