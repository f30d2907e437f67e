// Package situation keeps what it is about: the record that we write, field by field,
// and situations, of many contacts, persons and places, of what we did and what is
// still to be done. Nobody owns a situation: whoever is on shift goes on with it. What
// one person told, or what is about her, stands under her own key, so that it goes
// when she goes and the rest stays.
package situation
