package db

import (
	"strconv"
	"strings"
)

// List writes placeholders and arguments for "IN (…)" with as many values, from $1
// on. Without any it is a NULL, which nothing equals. Some thousands at a time are
// fine on both engines.
func List[T any](values []T) (places string, args []any) {
	if len(values) == 0 {
		return "NULL", nil
	}
	var b strings.Builder
	args = make([]any, len(values))
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
		args[i] = v
	}
	return b.String(), args
}
