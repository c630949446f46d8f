import { mount } from 'svelte';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/name-bar.css';
import DriverPage from './DriverPage.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(DriverPage, { target });

// The shell then opens without a network. Pages of insecure origins have no service workers.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
