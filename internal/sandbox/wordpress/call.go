package wordpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"triage/internal/sandbox/board"
)

// object is something as JSON.
type object = map[string]any

// failure is WordPress' error; data goes beside its status.
type failure struct {
	status        int
	code, message string
	data          object
}

func fail(status int, code, message string) *failure {
	return &failure{status: status, code: code, message: message}
}

// result is an answer that is none.
type result struct {
	status int
	header map[string]string
	body   any
}

func ok(body any) (result, *failure) { return result{status: http.StatusOK, body: body}, nil }

// call is one request to the REST API.
type call struct {
	*WordPress
	r      *http.Request
	method string
	route  string         // below the API's root
	given  map[string]any // parameters
	in     bool           // logged in, as the practice's user
}

// Answer implements board.Platform.
func (w *WordPress) Answer(r *http.Request) board.Reply {
	if page := w.shut(); page != nil {
		return *page
	}
	c := &call{WordPress: w, r: r, method: w.Method(r)}
	route, rest := c.restRoute()
	if !rest {
		return c.page()
	}
	c.route = route
	out, err := c.run()
	if err != nil {
		data := object{"status": err.status}
		maps.Copy(data, err.data)
		out = result{status: err.status, body: object{"code": err.code, "message": err.message, "data": data}}
	}
	header := map[string]string{"Content-Type": "application/json; charset=UTF-8", "Link": c.rootLink(),
		"X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff", "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link"}
	if c.in {
		header["Cache-Control"] = "no-cache, must-revalidate, max-age=0, no-store, private"
	}
	maps.Copy(header, out.header)
	return board.Reply{Status: out.status, Header: header, Body: encode(out.body)}
}

// restRoute is the path below the API's root. Without permalinks there is no
// /wp-json; the parameter works on every site.
func (c *call) restRoute() (string, bool) {
	route, below := strings.CutPrefix(c.r.URL.Path+"/", "/wp-json/")
	if query := c.r.URL.Query(); query.Has("rest_route") {
		route = query.Get("rest_route")
	} else if !below || c.on("permalinks") == "plain" {
		return "", false
	}
	return "/" + strings.Trim(route, "/"), true
}

// home is the site's address, as it was asked for.
func (c *call) home() string {
	scheme := "http://"
	if c.r.TLS != nil {
		scheme = "https://"
	}
	return scheme + c.r.Host
}

// rest is the address of a route.
func (c *call) rest(route string) string {
	if c.on("permalinks") == "plain" {
		return c.home() + "/index.php?rest_route=" + route
	}
	return c.home() + "/wp-json" + route
}

func (c *call) rootLink() string { return "<" + c.rest("/") + `>; rel="https://api.w.org/"` }

func (c *call) run() (result, *failure) {
	if err := c.authenticate(); err != nil {
		return result{}, err
	}
	do := c.handler()
	if do == nil {
		return result{}, fail(http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
	}
	if err := c.read(); err != nil {
		return result{}, err
	}
	return do()
}

var oneOf = regexp.MustCompile(`^/wp/v2/(comments|posts)/(\d+)$`)

// handler finds what answers the route; nil: nothing.
func (c *call) handler() func() (result, *failure) {
	method := c.method
	if reads(method) {
		method = http.MethodGet
	}
	switch method + " " + c.route {
	case "GET /":
		return c.index
	case "GET /wp/v2/comments":
		return c.list
	case "POST /wp/v2/comments":
		return c.create
	case "GET /wp/v2/posts":
		return c.posts
	case "GET /wp/v2/users/me":
		return c.me
	case "GET /wp/v2/users/me/application-passwords/introspect":
		return c.introspect
	}
	parts := oneOf.FindStringSubmatch(c.route)
	if parts == nil {
		return nil
	}
	with := func(do func(id int) (result, *failure)) func() (result, *failure) {
		return func() (result, *failure) { return do(number(parts[2])) }
	}
	switch comment := parts[1] == "comments"; {
	case !comment && method == http.MethodGet:
		return with(c.onePost)
	case !comment:
		return nil
	case method == http.MethodGet:
		return with(c.one)
	case method == http.MethodPost, method == http.MethodPut, method == http.MethodPatch:
		return with(c.update)
	case method == http.MethodDelete:
		return with(c.remove)
	}
	return nil
}

// denied is what the caller may not do: 401 if nobody is logged in, else 403.
func (c *call) denied(code, message string) *failure {
	if c.in {
		return fail(http.StatusForbidden, code, message)
	}
	return fail(http.StatusUnauthorized, code, message)
}

// encode writes JSON as PHP does: slashes and all that is not ASCII are escaped.
func encode(v any) []byte {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // only what this package made is encoded
	}
	var out []byte
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		switch {
		case r == '/':
			out = append(out, `\/`...)
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
