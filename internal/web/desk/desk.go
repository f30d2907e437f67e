// Package desk is the advocate's console: one page for a whole shift, fed by one socket, on
// which the queue, up to three conversations and what keeps a caller safe stand side by side;
// for supervisors also the live board.
//
// It promises that no keystroke older than a second is lost, that a message is written once
// however often it is sent, that what the desk shows is what the database says within two
// seconds, and that nothing a caller wrote is ever taken for markup. app/ holds the script's
// sources, dist/ what build/ makes of them; frame.go is the language both sides speak.
package desk
