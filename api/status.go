package api

import "net/http"

// StatusText is the name of the answer's status, such as "Created", or empty
// for a status that HTTP does not name.
func (r Response) StatusText() string { return http.StatusText(r.Status) }
