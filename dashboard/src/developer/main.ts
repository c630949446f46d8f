import { mount } from 'svelte';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/name-bar.css';
import '../ui/table.css';
import DeveloperPage from './DeveloperPage.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('daten.html has no #app');
mount(DeveloperPage, { target });
