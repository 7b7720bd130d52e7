/* A passkey that was refused or dismissed: say so on the page; allauth's own script only writes to the console. */
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  document.getElementById('passkey-error').hidden = false
})
