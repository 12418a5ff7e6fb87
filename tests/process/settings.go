package process

// Undisturbed are settings by which a server gets in nobody's way: passwords are hashed at no
// cost, and anybody may register an account, as often as they like.
const Undisturbed = `
[accounts]
argon2-memory = "8KiB"
argon2-iterations = 1
[accounts.registration]
per-hour = 0
`
