package google

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// failure is Google's error object.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []any  `json:"details,omitempty"`
}

func invalid(message string) *failure {
	return &failure{Code: http.StatusBadRequest, Message: message, Status: "INVALID_ARGUMENT"}
}

func notFound() *failure {
	return &failure{Code: http.StatusNotFound, Message: "Requested entity was not found.", Status: "NOT_FOUND"}
}

func denied(message string, details ...any) *failure {
	return &failure{Code: http.StatusForbidden, Message: message, Status: "PERMISSION_DENIED", Details: details}
}

const noPermission = "The caller does not have permission"

// object is something as JSON.
type object = map[string]any

// because is the detail that says why in a word.
func because(reason string, facts object) object {
	return object{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": facts}
}

// call is one request.
type call struct {
	*Google
	r      *http.Request
	path   []string // after the version
	query  url.Values
	person bool // the token is that of somebody else
}

// Answer implements board.Platform.
func (g *Google) Answer(r *http.Request) board.Reply {
	switch r.URL.Path {
	case tokenPath:
		return g.giveTokens(r)
	case consentPath:
		return g.ask(r)
	}
	c := &call{Google: g, r: r, query: r.URL.Query(), path: strings.Split(strings.Trim(r.URL.Path, "/"), "/")[1:]}
	out, err := c.run()
	if err != nil {
		return answer(err.Code, object{"error": err})
	}
	return answer(http.StatusOK, out)
}

func answer(status int, body any) board.Reply {
	raw, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		panic(err) // only what this package made is encoded
	}
	return board.Reply{Status: status, Body: raw, Header: map[string]string{"Content-Type": "application/json; charset=UTF-8", "Vary": "Origin", "Cache-Control": "private"}}
}

func (c *call) run() (any, *failure) {
	for _, check := range []func() *failure{c.authenticate, c.served, c.limited} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	if strings.HasPrefix(c.r.URL.Path, "/v1/") {
		return c.management()
	}
	return c.reviews()
}

func (c *call) authenticate() *failure {
	token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	given, lives := c.mint.Read("access", token, c.now())
	switch {
	case !ok:
		return &failure{Code: http.StatusUnauthorized, Status: "UNAUTHENTICATED",
			Message: "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential."}
	case token == c.opt.PersonToken:
		c.person = true
	case c.on("token") == "revoked" || token != c.opt.UserToken && !lives:
		return &failure{Code: http.StatusUnauthorized, Status: "UNAUTHENTICATED",
			Message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."}
	case lives && !manages(given):
		return denied("Request had insufficient authentication scopes.",
			because("ACCESS_TOKEN_SCOPE_INSUFFICIENT", object{"service": "mybusiness.googleapis.com"}))
	}
	return nil
}

// served: the project may use the API at all.
func (c *call) served() *failure {
	switch {
	case c.on("service") == "disabled":
		return denied("Google My Business API has not been used in project 123456789012 before or it is disabled.",
			because("SERVICE_DISABLED", object{"service": "mybusiness.googleapis.com", "consumer": "projects/123456789012"}))
	case c.on("quota") == "none":
		return c.exhausted("0")
	}
	return nil
}

const (
	perMinute   = 300 // calls of a project
	editsMinute = 10  // changes of a profile
)

// window counts calls within a minute.
type window struct {
	ends time.Time
	used int
}

func (c *call) limited() *failure {
	if c.on("limits") == "off" {
		return nil
	}
	if !c.take("calls", perMinute) {
		return c.exhausted("300")
	}
	if edit := c.r.Method == http.MethodPut || c.r.Method == http.MethodDelete; edit && !c.take("edits", editsMinute) {
		return c.exhausted("10")
	}
	return nil
}

func (c *call) take(key string, limit int) bool {
	w := c.windows[key]
	if now := c.now(); w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(time.Minute)}
		c.windows[key] = w
	}
	w.used++
	return w.used <= limit
}

func (c *call) exhausted(limit string) *failure {
	return &failure{Code: http.StatusTooManyRequests, Status: "RESOURCE_EXHAUSTED",
		Message: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'mybusiness.googleapis.com' for consumer 'project_number:123456789012'.",
		Details: []any{because("RATE_LIMIT_EXCEEDED", object{"service": "mybusiness.googleapis.com", "quota_limit": "DefaultPerMinutePerProject", "quota_limit_value": limit})}}
}

// knows refuses a parameter that the method does not have.
func (c *call) knows(params string) *failure {
	for name := range c.query {
		if !strings.Contains(" alt key prettyPrint fields quotaUser "+params+" ", " "+name+" ") {
			return invalid("Invalid JSON payload received. Unknown name \"" + name + "\": Cannot bind query parameter. Field '" + name + "' could not be found in request message.")
		}
	}
	return nil
}
