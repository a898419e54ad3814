package x_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// spec is X's own description of its API.
type spec struct {
	doc *openapi3.T
	// by counts what was checked, by status; other are the problems it has no words
	// for.
	by    map[int]int
	other map[string]int
}

func truth(t *testing.T) *spec {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../../../shared/data/truth/x-openapi.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped 1 comparison with X's OpenAPI: %v", err)
	}
	return &spec{doc, map[int]int{}, map[string]int{}}
}

// find gives the operation that a request is for.
func (s *spec) find(req *http.Request) (template string, op *openapi3.Operation, params map[string]string) {
	path := strings.Split(req.URL.Path, "/")
next:
	for _, template := range s.doc.Paths.InMatchingOrder() {
		parts := strings.Split(template, "/")
		params := map[string]string{}
		if len(parts) != len(path) {
			continue
		}
		for i, part := range parts {
			if strings.HasPrefix(part, "{") {
				params[strings.Trim(part, "{}")] = path[i]
			} else if part != path[i] {
				continue next
			}
		}
		if op := s.doc.Paths.Value(template).GetOperation(req.Method); op != nil {
			return template, op, params
		}
	}
	return "", nil, nil
}

// check holds an answer, and the request if it was accepted, against the document.
func (s *spec) check(t *testing.T, req *http.Request, body string, r reply) {
	t.Helper()
	template, op, params := s.find(req)
	if op == nil {
		return
	}
	s.by[r.status]++
	if r.status < 300 {
		s.checkRequest(t, req, body, &routers.Route{Spec: s.doc, Path: template, PathItem: s.doc.Paths.Value(template), Method: req.Method, Operation: op}, params)
		schema := op.Responses.Status(r.status).Value.Content.Get("application/json").Schema
		s.holds(t, req, schema, r.body)
		return
	}
	kind, _ := at(r.body, "type").(string)
	if at(r.body, "errors", 0, "code") != nil || kind == "about:blank" || !s.mapped(kind) {
		s.other[fmt.Sprint(r.status, " ", kind)]++
		return
	}
	s.holds(t, req, op.Responses.Default().Value.Content.Get("application/problem+json").Schema, r.body)
}

// mapped: the document has that problem.
func (s *spec) mapped(kind string) bool {
	_, ok := s.doc.Components.Schemas["Problem"].Value.Discriminator.Mapping[kind]
	return ok
}

func (s *spec) checkRequest(t *testing.T, req *http.Request, body string, route *routers.Route, params map[string]string) {
	t.Helper()
	clone := req.Clone(context.Background())
	clone.Body = io.NopCloser(strings.NewReader(body))
	err := openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{Request: clone, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}})
	if err != nil {
		t.Errorf("%s %s was accepted: %v", req.Method, req.URL.RequestURI(), err)
	}
	known := map[string]bool{}
	for _, p := range route.Operation.Parameters {
		known[p.Value.Name] = true
	}
	for name := range req.URL.Query() {
		if !known[name] {
			t.Errorf("%s %s was accepted with %q", req.Method, req.URL.Path, name)
		}
	}
}

func (s *spec) holds(t *testing.T, req *http.Request, schema *openapi3.SchemaRef, body any) {
	t.Helper()
	if err := schema.Value.VisitJSON(body, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL.RequestURI(), err)
	}
	for _, unknown := range strangers("", schema.Value, body) {
		t.Errorf("%s %s: %s is not in the document", req.Method, req.URL.Path, unknown)
	}
}

// strangers are the members that a schema does not name.
func strangers(at string, schema *openapi3.Schema, v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			if p := schema.Properties[name]; p != nil {
				out = append(out, strangers(at+"."+name, p.Value, one)...)
			} else if len(schema.Properties) > 0 {
				out = append(out, at+"."+name)
			}
		}
	case []any:
		for _, one := range v {
			if schema.Items != nil {
				out = append(out, strangers(at+"[]", schema.Items.Value, one)...)
			}
		}
	}
	return out
}

// Everything that is asked and answered in the new spelling is as X describes it.
func TestAnswersAreAsXDescribesThem(t *testing.T) {
	b := open(t)
	b.spec = truth(t)
	b.turn("spelling", "post")
	ids := b.everyKind()
	enum := func(name string) string {
		var words []string
		for _, v := range b.spec.doc.Components.Parameters[name].Value.Schema.Value.Items.Value.Enum {
			if !slices.Contains(words, v.(string)) { // one of them is there twice
				words = append(words, v.(string))
			}
		}
		return strings.Join(words, ",")
	}
	all := "post.fields=" + enum("PostFieldsParameter") + "&expansions=" + enum("PostExpansionsParameter") + "&user.fields=" + enum("UserFieldsParameter") +
		"&media.fields=" + enum("MediaFieldsParameter") + "&poll.fields=" + enum("PollFieldsParameter") + "&place.fields=" + enum("PlaceFieldsParameter")
	me := "/2/users/" + b.get("/2/users/me?user.fields="+enum("UserFieldsParameter")).at("data", "id").(string)
	for _, query := range []string{"", all} {
		for _, path := range []string{me + "/mentions?max_results=5", me + "/tweets?exclude=retweets", "/2/tweets?ids=" + strings.Join(ids, ",") + ",7",
			"/2/tweets/" + ids[0] + "?x", "/2/tweets/7?x", "/2/tweets/search/recent?query=" + url.QueryEscape("conversation_id:"+b.first()), "/2/users/" + b.author(ids[0]) + "?x"} {
			path = strings.TrimSuffix(path, "?x")
			b.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + b.fits(path, query))
		}
	}
	b.writes(ids)
	messages := "dm_event.fields=" + enum("DmEventFieldsParameter") + "&expansions=" + enum("DmEventExpansionsParameter") + "&user.fields=" + enum("UserFieldsParameter") +
		"&post.fields=" + enum("PostFieldsParameter") + "&media.fields=" + enum("MediaFieldsParameter")
	b.messages(b.author(ids[0]), []string{"", messages, messages + "&max_results=1", "event_types=MessageCreate,ParticipantsLeave", "event_types=ParticipantsJoin"})
	b.troubles(ids)
	if b.spec.by[200] < 20 || b.spec.by[201] < 3 || b.spec.by[400] < 3 || b.spec.by[404] < 1 {
		t.Errorf("checked only %v", b.spec.by)
	}
	t.Logf("checked %v; the document has no words for %v", b.spec.by, b.spec.other)
}

// messages reads those with a person, who wrote one, and those with everybody, page
// by page.
func (b *box) messages(person string, queries []string) {
	b.Helper()
	for _, path := range []string{"/2/dm_conversations/with/" + person + "/dm_events", "/2/dm_conversations/with/7/dm_events", "/2/dm_events"} {
		for _, query := range queries {
			r := b.get(path + "?" + query)
			if next, _ := r.at("meta", "next_token").(string); next != "" {
				b.get(path + "?" + query + "&pagination_token=" + next)
			}
		}
	}
	b.want("all of them", len(b.get("/2/dm_events").at("data").([]any)), 3)
}

// fits leaves out what an endpoint for users does not know.
func (b *box) fits(path, query string) string {
	if !strings.HasPrefix(path, "/2/users/") || strings.Contains(path, "/tweets") || strings.Contains(path, "/mentions") {
		return query
	}
	var out []string
	for _, part := range strings.Split(query, "&") {
		if strings.HasPrefix(part, "user.fields") || strings.HasPrefix(part, "post.fields") {
			out = append(out, part)
		}
	}
	return strings.Join(out, "&")
}

// everyKind makes one comment of every kind.
func (b *box) everyKind() []string {
	b.Helper()
	one := b.say("my knee <3 & back https://clinic.example/a #mri", `,"author":"Ann","more":{"message":"Hi @cedarfamily & all https://clinic.example/b #mri"}`)
	ids := []string{one, b.say("me too", `,"author":"Bob","parent":"`+one+`"`)}
	for _, more := range []string{`,"media":"photo"`, `,"media":"video"`, `,"media":"sticker"`, `,"media":"share"`, `,"author":"","more":{"message":"suspended since"}`, `,"more":{"mention":"implicit"}`,
		`,"more":{"mention":"none"}`, `,"more":{"mention":"quote"}`, `,"more":{"conversation":"own"}`, `,"author":"Shy","more":{"protected":"true"}`} {
		ids = append(ids, b.say("text", more))
	}
	ids = append(ids, b.say(strings.Repeat("a long story & more ", 30), ""), b.say("new", `,"post":"visit","kind":"visitor"`), b.say("ad", `,"post":"ad","kind":"dark"`))
	gone := b.say("gone", "")
	ids = append(ids, b.say("below", `,"parent":"`+gone+`"`), gone)
	b.send("DELETE", "/_sandbox/comments/"+gone, "")
	b.send("PATCH", "/_sandbox/comments/"+one, `{"text":"my knee, edited"}`)
	return ids
}

func (b *box) writes(ids []string) {
	b.Helper()
	reply, _ := json.Marshal(map[string]any{"text": "Please call us.", "reply": map[string]any{"in_reply_to_tweet_id": ids[0], "auto_populate_reply_metadata": true},
		"direct_message_deep_link": "https://x.com/messages/compose?recipient_id=7", "made_with_ai": false, "reply_settings": "following"})
	r := b.send("POST", "/2/tweets", string(reply))
	b.want("reply", r.status, 201)
	b.want("post", b.send("POST", "/2/tweets", `{"text":"Open day on Friday","quote_tweet_id":"`+ids[0]+`"}`).status, 201)
	b.want("hide", b.send("PUT", "/2/tweets/"+ids[0]+"/hidden", `{"hidden":true}`).status, 200)
	b.want("DM", b.send("POST", "/2/dm_conversations/with/"+b.author(ids[0])+"/messages", `{"text":"Hello"}`).status, 201)
	b.want("delete", b.send("DELETE", "/2/tweets/"+r.at("data", "id").(string), "").status, 200)
}

func (b *box) troubles(ids []string) {
	b.Helper()
	b.get("/2/tweets/a")
	b.get("/2/dm_conversations/with/a/dm_events")
	b.get("/2/dm_events?max_results=0")
	b.get("/2/dm_events?dm_event.fields=sender_id")
	b.get("/2/tweets?ids=" + ids[0] + "&tweet.fields=text")
	b.send("POST", "/2/tweets", `{"text":"a","colour":"red"}`)
	b.send("DELETE", "/2/tweets/7", "")
	b.send("PUT", "/2/tweets/7/hidden", `{"hidden":true}`)
	b.send("PUT", "/2/tweets/"+b.first()+"/hidden", `{"hidden":true}`)
	for _, s := range [][3]string{{"credits", "depleted", "enough"}, {"enrolled", "no", "yes"}, {"access", "read", "read-write"}, {"account", "locked", "active"}, {"token", "revoked", "good"}} {
		b.turn(s[0], s[1])
		b.send("POST", "/2/tweets", `{"text":"b"}`)
		b.turn(s[0], s[2])
	}
}
