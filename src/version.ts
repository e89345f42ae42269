/** Version of the action, recorded in every transcript; a test holds it to package.json. */
export const VERSION = '0.1.0';
