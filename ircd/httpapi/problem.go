package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// A Problem is why something was not done, as RFC 9457 has it. It is an error.
// https://www.rfc-editor.org/rfc/rfc9457
type Problem struct {
	Type   string `json:"type" doc:"What kind of problem it is: urn:parley:problem: and a word."`
	Title  string `json:"title" doc:"The kind, for people. It is always the same for a type."`
	Status int    `json:"status" doc:"The status of the answer."`
	Detail string `json:"detail,omitempty" doc:"What is wrong this time, for people."`
	// Field is the part of the request that is wrong.
	Field string `json:"field,omitempty" doc:"The part of the request that is wrong."`
	// Report has several things that are wrong.
	Report []string `json:"report,omitempty" doc:"All that is wrong, if it is more than one thing."`
}

// Error implements error.
func (p Problem) Error() string { return p.Title + ": " + p.Detail }

// Because returns the problem with its detail.
func (p Problem) Because(format string, args ...any) Problem {
	p.Detail = fmt.Sprintf(format, args...)
	return p
}

// In returns the problem with the part of the request that is wrong.
func (p Problem) In(field string) Problem {
	p.Field = field
	return p
}

var problems []Problem

func problem(status int, word, title string) Problem {
	p := Problem{Type: "urn:parley:problem:" + word, Title: title, Status: status}
	problems = append(problems, p)
	return p
}

// The kinds of problems. To add one, add a line.
var (
	BadRequest   = problem(http.StatusBadRequest, "bad-request", "The request cannot be read")
	Unauthorized = problem(http.StatusUnauthorized, "unauthorized", "A valid token is needed")
	Forbidden    = problem(http.StatusForbidden, "forbidden", "The token is not good for this")
	NotFound     = problem(http.StatusNotFound, "not-found", "There is no such thing")
	NotAllowed   = problem(http.StatusMethodNotAllowed, "method-not-allowed", "The path has other methods")
	Conflict     = problem(http.StatusConflict, "conflict", "That cannot be as things are")
	Confirm      = problem(http.StatusConflict, "confirm", "That would concern many; say that it is meant")
	TooLarge     = problem(http.StatusRequestEntityTooLarge, "too-large", "The request is too long")
	WrongType    = problem(http.StatusUnsupportedMediaType, "wrong-type", "The body is no JSON")
	Invalid      = problem(http.StatusUnprocessableEntity, "invalid", "A value is not possible")
	Throttled    = problem(http.StatusTooManyRequests, "throttled", "Too many attempts; try again later")
	Internal     = problem(http.StatusInternalServerError, "internal", "The server could not do it")
	Unavailable  = problem(http.StatusServiceUnavailable, "unavailable", "That is not possible just now")
)

// Problems returns the kinds of problems.
func Problems() []Problem { return problems }

// write answers with a problem.
func write(w http.ResponseWriter, _ *http.Request, p Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	encode(w, p)
}

func encode(w http.ResponseWriter, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the client has gone
}
