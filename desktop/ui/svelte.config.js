import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // A form begins with what it is given and then is hers: that first value is what we mean.
    warningFilter: (warning) => warning.code !== 'state_referenced_locally',
  },
};
