// The beginning: language, theme, who is signed in, and then the app.
import '@materializecss/materialize/dist/css/materialize.min.css';
import './style/fonts.css';
import './style/theme.css';
import './style/base.css';
import './style/parts.css';
import './style/calendar.css';
import { mount } from 'svelte';
import App, { door, house, isDoor } from './App.svelte';
import { roomAt } from './rooms';
import { firstLang, speak } from './shared/i18n.svelte';
import { startRouter } from './shared/router.svelte';
import { enter, enterAsGuest, startSession } from './shared/session.svelte';
import { startTheme } from './shared/theme.svelte';

startTheme();
startSession();
startRouter();
// What she came for is fetched while it is asked who she is.
const wanted = isDoor(location.pathname) ? [door()] : [house(), roomAt(location.pathname)?.room.load()];
void Promise.all(wanted).catch(() => undefined);
await Promise.all([speak(firstLang(), 'assumed'), isDoor(location.pathname) && enterAsGuest() ? undefined : enter()]);

const target = document.getElementById('app');
if (target) mount(App, { target });
