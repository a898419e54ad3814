package graph

import (
	"triage/internal/sandbox/board"

	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
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

// Kinds of tokens.
const (
	pageToken = "PAGE"
	userToken = "USER"
	appToken  = "APP"
)

// call is one request to the Graph API.
type call struct {
	*Graph
	method  string
	version string
	base    string // http://host/v26.0
	path    []string
	token   string
	kind    string
	args    args
}

// Answer answers as the Graph API does.
func (g *Graph) Answer(r *http.Request) board.Reply {
	c := g.newCall(r)
	var out any
	err := c.admit()
	if err == nil {
		out, err = c.route()
	}
	status := http.StatusOK
	if err != nil {
		status, out = err.status, map[string]any{"error": err}
	}
	header := map[string]string{
		"Content-Type":                "application/json; charset=UTF-8",
		"facebook-api-version":        c.version,
		"Cache-Control":               "private, no-cache, no-store, must-revalidate",
		"x-fb-trace-id":               board.Trace(),
		"X-Business-Use-Case-Usage":   c.usage(),
		"Access-Control-Allow-Origin": "*",
	}
	return board.Reply{Status: status, Header: header, Body: metaJSON(out)}
}

func (g *Graph) newCall(r *http.Request) *call {
	c := &call{Graph: g, method: g.Method(r), version: newestVersion, args: argsOf(r.Form)}
	path := r.URL.Path
	if m := versionPath.FindStringSubmatch(path); m != nil {
		c.version, path = m[1], path[len(m[1])+1:]
	}
	if path = strings.Trim(path, "/"); path != "" {
		c.path = strings.Split(path, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	c.base = scheme + "://" + r.Host + "/" + c.version
	c.readJSON(r)
	c.token = c.args["access_token"]
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && c.token == "" {
		c.token = bearer
	}
	return c
}

// readJSON takes parameters from a JSON body, which the Graph API accepts too.
func (c *call) readJSON(r *http.Request) {
	var object map[string]json.RawMessage
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || json.NewDecoder(r.Body).Decode(&object) != nil {
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

// admit checks token, proof and rate limit before anything else is looked at.
func (c *call) admit() *graphError {
	switch c.token {
	case "":
		return failed(104, 0, "An access token is required to request this resource.")
	case c.opt.Token:
		c.kind = pageToken
	case c.opt.UserToken:
		c.kind = userToken
	case c.opt.AppID + "|" + c.opt.AppSecret:
		c.kind = appToken
	case ExpiredToken:
		return failed(190, 463, "Error validating access token: Session has expired on Tuesday, 01-Sep-26 10:00:00 PDT.")
	default:
		return failed(190, 0, "Invalid OAuth access token - Cannot parse access token")
	}
	if proof, sent := c.args["appsecret_proof"]; sent && !hmac.Equal([]byte(proof), []byte(c.proof())) {
		err := failed(100, 0, "Invalid appsecret_proof provided in the API argument")
		err.Type = "GraphMethodException"
		return err
	}
	if c.used() >= 100 {
		return failed(80001, 2446079, "(#80001) There have been too many calls to this Page account. Wait a bit and try again.")
	}
	return nil
}

// proof is what appsecret_proof must be for the token.
func (c *call) proof() string {
	mac := hmac.New(sha256.New, []byte(c.opt.AppSecret))
	mac.Write([]byte(c.token))
	return hex.EncodeToString(mac.Sum(nil))
}

// used is the percentage of the day's calls that are used up.
func (c *call) used() int {
	if c.opt.Calls <= 0 {
		return 0
	}
	return min(100, (c.opt.Asked()-1)*100/c.opt.Calls)
}

// usage is the header that tells how near the rate limit is.
func (c *call) usage() string {
	used, wait := c.used(), 0
	if used >= 100 {
		wait = 60
	}
	return fmt.Sprintf(`{"%s":[{"type":"pages","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d}]}`,
		c.opt.PageID, used, wait)
}

// route finds what is asked for.
func (c *call) route() (any, *graphError) {
	if len(c.path) > 0 && c.path[0] == "me" && c.kind == pageToken {
		c.path[0] = c.opt.PageID
	}
	switch {
	case len(c.path) == 0 && c.method == http.MethodGet && c.args["ids"] != "":
		return c.several()
	case len(c.path) == 1 && c.path[0] == "debug_token":
		return c.debugToken()
	case len(c.path) > 0 && c.path[0] == "me":
		return c.person()
	case len(c.path) > 0 && c.path[0] == c.opt.PageID:
		return c.page()
	case len(c.path) == 1 || len(c.path) == 2 && c.path[1] == "comments":
		return c.node(c.path[0])
	case len(c.path) == 0:
		return nil, failed(100, 0, "(#100) Unsupported %s request. Please read the Graph API documentation", strings.ToLower(c.method))
	default:
		return nil, failed(2500, 0, "Unknown path components: /%s", strings.Join(c.path[1:], "/"))
	}
}

// person answers /me and /me/accounts for the token of a person.
func (c *call) person() (any, *graphError) {
	if c.kind != userToken {
		return nil, failed(2500, 0, "An active access token must be used to query information about the current user.")
	}
	if len(c.path) == 2 && c.path[1] == "accounts" {
		page := map[string]any{"access_token": c.opt.Token, "category": pageCategory, "name": c.opt.PageName, "id": c.opt.PageID,
			"tasks": []string{"MODERATE", "MESSAGING", "ANALYZE", "MANAGE"}}
		return map[string]any{"data": []any{page}, "paging": map[string]any{"cursors": map[string]string{"before": "QUFB", "after": "QUFB"}}}, nil
	}
	fields, err := parseFields(c.args["fields"])
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if f.name != "id" && f.name != "name" {
			return nil, errField(f.name, "User")
		}
	}
	return map[string]any{"id": "9", "name": "Robin Manager"}, nil
}

// debugToken says what a token is.
func (c *call) debugToken() (any, *graphError) {
	scopes := []string{"pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging"}
	data := map[string]any{"app_id": c.opt.AppID, "application": "triage", "is_valid": true, "expires_at": 0, "issued_at": c.opt.now().Add(-time.Hour).Unix(),
		"data_access_expires_at": c.opt.now().Add(90 * 24 * time.Hour).Unix(), "user_id": "9", "scopes": scopes}
	switch c.args["input_token"] {
	case c.opt.Token:
		data["type"], data["profile_id"] = pageToken, c.opt.PageID
	case c.opt.UserToken:
		data["type"] = userToken
	case ExpiredToken:
		data["type"], data["is_valid"] = pageToken, false
		data["error"] = map[string]any{"code": 190, "message": "Error validating access token: Session has expired", "subcode": 463}
	default:
		data = map[string]any{"is_valid": false, "scopes": []string{}, "error": map[string]any{"code": 190, "message": "Invalid OAuth access token."}}
	}
	return map[string]any{"data": data}, nil
}
