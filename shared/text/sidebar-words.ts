/** The codes for which the sidebar has words. The words themselves are in `<locale>/sidebar.ts`. */
export type SidebarCause =
  | 'outside_wecom'
  | 'signature_invalid'
  | 'url_not_trusted'
  | 'not_in_visible_range'
  | 'no_permission'
  | 'client_too_old'
  | 'wrong_entry'
  | 'message_refused'
  | 'licence'
  | 'signature_unavailable'
  | 'sign_in_failed'
  | 'navigated'
  | 'network'
  | 'timeout'
  | 'unknown'

export type MomentFilter = 'all' | 'view' | 'share' | 'workorder' | 'other'
