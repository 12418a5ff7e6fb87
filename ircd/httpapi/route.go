package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
)

// A Route is something that can be asked for.
type Route struct {
	Method, Path string
	ID           string // the name of the operation in the OpenAPI document
	Scope        Scope  // that a token needs
	Summary      string
	// Kind is the content type of the answer, if it is a stream of its own; else it is
	// JSON.
	Kind string
	// Done is the status of an answer; 0 is 200, or 204 if there is nothing to say.
	Done int

	query, body, answer reflect.Type // nil: there is none
	run                 func(c *Call) (any, error)
}

// Writes reports whether asking changes something.
func (r *Route) Writes() bool { return r.Method != http.MethodGet }

// none is the query, body or answer that there is not.
type none struct{}

// answers makes a route of a function of what is asked: Q are the parts of the path and
// the query, B is the body, A the answer.
func answers[Q, B, A any](r Route, do func(c *Call, q Q, b B) (A, error)) Route {
	r.query, r.body, r.answer = typeOf[Q](), typeOf[B](), typeOf[A]()
	r.run = func(c *Call) (any, error) {
		var q Q
		var b B
		if err := c.readQuery(&q); err != nil {
			return nil, err
		}
		if r.body != nil {
			if err := c.readBody(&b); err != nil {
				return nil, err
			}
		}
		return do(c, q, b)
	}
	return r
}

// streams makes a route whose answer is written as it comes.
func stream[Q any](r Route, do func(c *Call, q Q) error) Route {
	return answers(r, func(c *Call, q Q, _ none) (none, error) { return none{}, do(c, q) })
}

func typeOf[T any]() reflect.Type {
	if t := reflect.TypeFor[T](); t != reflect.TypeFor[none]() {
		return t
	}
	return nil
}

// A Call is a request that is being answered.
type Call struct {
	*API
	Token *config.APIToken
	w     http.ResponseWriter
	r     *http.Request
	begun bool // the answer has
}

// maxBody is how long a body may be, in bytes.
const maxBody = 1 << 20

// serve answers the requests for a route.
func (a *API) serve(r *Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		t, err := a.authenticate(w, req, r.Scope)
		if err != nil {
			write(w, req, asProblem(err))
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
		c := &Call{API: a, Token: t, w: w, r: req}
		v, err := c.guarded(r)
		switch {
		case err != nil && c.begun:
			panic(http.ErrAbortHandler) // the client must see that it is not all
		case err != nil:
			c.refuse(err)
		case r.Kind != "":
		case r.answer == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Content-Type", "application/json")
			if r.Done != 0 {
				w.WriteHeader(r.Done)
			}
			encode(w, v)
		}
	})
}

// guarded runs the route. A panic ends this request, not the server.
func (c *Call) guarded(r *Route) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.Core.Tally.Panics.Add(1)
			c.Log.Error("API request panicked", "route", r.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = Internal
		}
	}()
	return r.run(c)
}

// refuse answers with what is wrong. What is our own fault is logged.
func (c *Call) refuse(err error) {
	p := asProblem(err)
	if p.Status == Internal.Status {
		c.Log.Error("API request failed", "path", c.r.URL.Path, "token", c.Token.Name, "error", err)
	}
	write(c.w, c.r, p)
}

// By is who asks, as others are told.
func (c *Call) By() string { return "api:" + c.Token.Name }

// Audit notes what the token was used for.
func (c *Call) Audit(act *audit.Act, target, detail string) {
	c.Core.Record(act, audit.Entry{Source: c.By(), Target: target, Detail: detail})
}

// Begin begins an answer that is written as it comes.
func (c *Call) Begin(kind string) http.ResponseWriter {
	c.begun = true
	c.w.Header().Set("Content-Type", kind)
	return c.w
}

// readBody reads JSON. What is required is there afterwards.
func (c *Call) readBody(to any) error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return WrongType.Because("Send Content-Type: application/json and an object.")
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	err = d.Decode(to)
	if err == nil && d.More() {
		err = errors.New("there is more behind the object")
	}
	var long *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &long):
		return TooLarge.Because("A body has at most %d bytes.", maxBody)
	case errors.As(err, &wrong):
		return Invalid.Because("%s cannot be a %s.", wrong.Field, wrong.Value).In(wrong.Field)
	case errors.Is(err, io.EOF):
		return BadRequest.Because("The body is empty.")
	case err != nil:
		return BadRequest.Because("%s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return complete(reflect.ValueOf(to).Elem())
}
