/** Other people's code in the login form; `npm run build` writes it into one file. The types are beside. */
export { encode } from 'uqr'
