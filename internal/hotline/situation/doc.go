// Package situation keeps what it is about: the record that we write, field by field,
// and the situation that many contacts can belong to.
package situation
