import { mount } from 'svelte';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/name-bar.css';
import '../ui/table.css';
import './planner.css';
import PlannerPage from './PlannerPage.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('planung.html has no #app');
mount(PlannerPage, { target });
