package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"triage/internal/sandbox/board"
)

// graphTime is how the Graph API writes a time: no colon in the zone.
const graphTime = "2006-01-02T15:04:05-0700"

// newestVersion answers requests that name none.
const newestVersion = "v26.0"

var versionPath = regexp.MustCompile(`^/(v\d{1,3}\.\d)(?:/|$)`)

// Method honours method=DELETE in a POST, which is how libraries delete.
func (g *Graph) Method(r *http.Request) string {
	if over := strings.ToUpper(r.Form.Get("method")); r.Method == http.MethodPost && over != "" {
		return over
	}
	return r.Method
}

// call is one request to the Graph API.
type call struct {
	*Graph
	platform string // whose switches and limits hold
	method   string
	host     string // http://host
	version  string
	path     []string
	token    string
	kind     string
	args     args
}

// Answer answers as the Graph API does.
func (g *Graph) Answer(r *http.Request) board.Reply {
	c := g.newCall(r)
	out, err := c.run()
	reply := board.Reply{Status: http.StatusOK, Header: map[string]string{
		"Content-Type":                "application/json; charset=UTF-8",
		"facebook-api-version":        c.version,
		"Cache-Control":               "private, no-cache, no-store, must-revalidate",
		"x-fb-trace-id":               board.Trace(),
		"Access-Control-Allow-Origin": "*",
	}}
	header, usage := c.usage()
	reply.Header[header] = usage
	if err == nil {
		reply.Body = metaJSON(out)
		return reply
	}
	reply.Status, reply.Body = err.status, err.shape(c.on("errors"))
	if c.on("errors") == "html" {
		reply.Status, reply.Header["Content-Type"] = http.StatusBadGateway, "text/html; charset=utf-8"
	}
	return reply
}

// newCall reads a request and leaves its body as it was.
func (g *Graph) newCall(r *http.Request) *call {
	_ = r.ParseForm()
	c := &call{Graph: g, method: g.Method(r), host: "http://" + r.Host, args: argsOf(r.Form)}
	if r.TLS != nil {
		c.host = "https://" + r.Host
	}
	c.readJSON(r)
	c.token = c.args["access_token"]
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && c.token == "" {
		c.token = bearer
	}
	c.address(r.URL.Path)
	return c
}

// address takes the version and what is asked for from a path.
func (c *call) address(path string) {
	c.version = newestVersion
	if m := versionPath.FindStringSubmatch(path); m != nil {
		c.version, path = m[1], path[len(m[1])+1:]
	}
	if path = strings.Trim(path, "/"); path != "" {
		c.path = strings.Split(path, "/")
	}
	c.platform = c.owner()
}

// readJSON takes parameters from a JSON body, which the Graph API accepts too.
func (c *call) readJSON(r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return
	}
	raw, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return
	}
	for k, raw := range object {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		c.args[k] = text
	}
}

// owner is the platform that a call is for, as far as it can be told without
// looking anything up.
func (c *call) owner() string {
	id, _, _ := strings.Cut(c.args["ids"], ",")
	if len(c.path) > 0 {
		id = c.path[0]
	}
	if len(c.path) == 2 && c.path[1] == "messages" {
		id += " " + c.recipient().id()
	}
	for id := range strings.FieldsSeq(id) {
		if c.isInstagrams(id) {
			return instagram
		}
	}
	if id == "refresh_access_token" || c.kindOf(c.token) == instagramToken {
		return instagram
	}
	return facebook
}

// run does what is asked for.
func (c *call) run() (any, *graphError) {
	if batch, ok := c.batch(); ok {
		if err := c.dead(c.token); err != nil {
			return nil, err
		}
		return c.each(batch)
	}
	c.record()
	if err := c.admit(); err != nil {
		return nil, err
	}
	if len(c.path) == 0 && c.method == http.MethodGet && c.args["ids"] != "" {
		return c.several()
	}
	return c.route()
}

// route finds what is asked for.
func (c *call) route() (any, *graphError) {
	if len(c.path) == 0 {
		return nil, unsupported(c.method)
	}
	if c.path[0] == "me" {
		switch c.kind {
		case pageToken:
			c.path[0] = c.opt.PageID
		case instagramToken:
			c.path[0] = c.opt.InstagramID
		default:
			return c.person()
		}
	}
	switch {
	case c.path[0] == "refresh_access_token":
		return c.refresh()
	case c.isInstagrams(c.path[0]):
		return c.instagram()
	case c.kind == instagramToken:
		return nil, c.instagramError(errMissing(c.path[0]))
	case c.path[0] == "debug_token" && len(c.path) == 1:
		return c.debugToken()
	case c.path[0] == c.opt.PageID:
		return c.page()
	case len(c.path) == 1 || len(c.path) == 2 && c.path[1] == "comments":
		return c.node(c.path[0])
	}
	return nil, failed(2500, 0, "Unknown path components: /%s", strings.Join(c.path[1:], "/"))
}

// several answers GET /?ids=: all of them or an error. Each counts as a call.
func (c *call) several() (any, *graphError) {
	out := map[string]any{}
	for i, id := range strings.Split(c.args["ids"], ",") {
		if i > 0 {
			c.record()
		}
		id = strings.TrimSpace(id)
		c.path = []string{id}
		one, err := c.route()
		if err != nil {
			return nil, err
		}
		out[id] = one
	}
	return out, nil
}

// operation is one of a batch.
type operation struct {
	Method string `json:"method"`
	URL    string `json:"relative_url"`
	Body   string `json:"body"`
}

// maxBatch is how many operations a batch can have.
const maxBatch = 50

// batch reads the operations of POST / with batch=[...].
func (c *call) batch() (ops []operation, ok bool) {
	ok = len(c.path) == 0 && c.method == http.MethodPost && c.args["batch"] != ""
	if ok && json.Unmarshal([]byte(c.args["batch"]), &ops) != nil {
		ops = nil
	}
	return ops, ok
}

// each does the operations one after the other. Each counts as a call, and fails
// for itself.
func (c *call) each(ops []operation) (any, *graphError) {
	if len(ops) == 0 || len(ops) > maxBatch {
		return nil, failed(100, 0, "(#100) Param batch must be an array of 1 to %d requests", maxBatch)
	}
	out := []any{}
	for _, op := range ops {
		status, in := http.StatusOK, c.within(op)
		answer, err := in.run()
		body := metaJSON(answer)
		if err != nil {
			status, body = err.status, err.shape("whole")
		}
		headers := []any{map[string]string{"name": "Content-Type", "value": "application/json; charset=UTF-8"}}
		out = append(out, map[string]any{"code": status, "headers": headers, "body": string(body)})
	}
	return out, nil
}

// within is the call that an operation stands for.
func (c *call) within(op operation) *call {
	in := &call{Graph: c.Graph, method: strings.ToUpper(op.Method), host: c.host, token: c.token, args: args{}}
	to, err := url.Parse(op.URL)
	if err != nil {
		to = &url.URL{}
	}
	body, _ := url.ParseQuery(op.Body)
	for _, form := range []url.Values{to.Query(), body} {
		for k := range form {
			in.args[k] = form.Get(k)
		}
	}
	if own := in.args["access_token"]; own != "" {
		in.token = own
	}
	delete(in.args, "batch") // no batch within a batch
	in.address("/" + strings.TrimPrefix(to.Path, "/"))
	return in
}
