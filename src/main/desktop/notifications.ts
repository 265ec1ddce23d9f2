/** Notifications of the system, with a click that brings the window forward. */
import { Notification, type BrowserWindow } from 'electron';
import { bringForward } from './window.ts';

/** Kept until they go, because what is collected no longer hears its click. */
const shown = new Set<Notification>();

export function notify(window: BrowserWindow, title: string, body: string): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  shown.add(notification);
  const forget = (): void => void shown.delete(notification);
  notification.on('close', forget);
  notification.on('failed', forget);
  notification.on('click', () => {
    forget();
    bringForward(window);
  });
  notification.show();
}
