/** Entry of the interface. */
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { pickHost } from './host.ts';
import { Connection } from './state/connection.svelte.ts';
import { linkDesktop } from './state/desktop-link.svelte.ts';
import { Studio } from './state/studio.svelte.ts';

const host = pickHost();
const connection = new Connection(() => host.connect());
const studio = new Studio(connection, host);
linkDesktop(studio);
void connection.keep(() => studio.refresh());

mount(App, { target: document.getElementById('app')!, props: { studio } });
