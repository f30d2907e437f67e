package ui

import "net/http"

// A Mux takes pages by their patterns. [http.ServeMux] is one; another may list them.
type Mux interface {
	Handle(pattern string, h http.Handler)
	HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request))
}
