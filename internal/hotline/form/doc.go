// Package form keeps what an advocate may ask and write down of a contact: fields,
// options and conditions, in the line's languages. Forms are editions; what was
// written under one keeps it.
package form
