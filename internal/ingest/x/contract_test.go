package x

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"triage/internal/ingest"
)

// contract is X's OpenAPI document.
func contract(t *testing.T) routers.Router {
	t.Helper()
	raw, err := os.ReadFile("../../../../shared/data/truth/x-openapi.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped 1 comparison with X's OpenAPI document: %v", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // wherever it answers
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation())
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// fits says what of a request, or of its answer, X's document does not know, and
// gives the name of the endpoint.
func fits(t *testing.T, router routers.Router, req *http.Request, body []byte, answer *httptest.ResponseRecorder) string {
	t.Helper()
	fresh := req.Clone(context.Background())
	fresh.Body = io.NopCloser(bytes.NewReader(body))
	route, path, err := router.FindRoute(fresh)
	if err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
		return ""
	}
	known := map[string]bool{}
	for _, p := range route.Operation.Parameters {
		known[p.Value.In+" "+p.Value.Name] = true
	}
	for name := range req.URL.Query() {
		if !known["query "+name] {
			t.Errorf("%s %s: parameter %s is not known", req.Method, req.URL.Path, name)
		}
	}
	in := &openapi3filter.RequestValidationInput{Request: fresh, PathParams: path, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.Code, Header: answer.Header(), Options: in.Options}
	out.SetBodyBytes(answer.Body.Bytes())
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("%s %s: the stand-in's answer: %v", req.Method, req.URL.Path, err)
	}
	return req.Method + " " + route.Path
}

// compared answers as the stand-in does, and compares each exchange with X's
// document; kinds are the endpoints that were.
func (r *rig) compared(router routers.Router, kinds map[string]bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, req *http.Request) bool {
		body, _ := io.ReadAll(req.Body)
		answer := httptest.NewRecorder()
		again := req.Clone(req.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		r.dispatch(answer, again, body)
		kinds[fits(r.T, router, req, body, answer)] = true
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		return true
	}
}

// Every request that is made validates against X's OpenAPI document, and so does
// every answer that these tests rely upon.
func TestRequestsFitTheContract(t *testing.T) {
	router := contract(t)
	r := start(t, newNames, oauth1Config, func(c *Config) { c.Private, c.DeepLink, c.Links, c.Inference = true, true, true, true })
	kinds := map[string]bool{}
	r.answer = r.compared(router, kinds)
	root := r.add(fact{author: us, text: "Flu clinic"})
	mid := r.add(fact{text: "@practice @practice when?", shown: 10, answers: root, conversation: root, note: "@practice @practice when and where?", media: true,
		links: map[string]string{"https://t.co/a": "https://cedar.example"}})
	id := r.add(fact{text: "@practice @practice and where?", shown: 10, answers: mid, conversation: root})
	r.add(fact{text: "nice", quotes: root})
	lost := r.mention("lost")
	r.dm(pat)
	r.pageSize = 2
	_, mark, err := r.swept(ingest.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	r.pass(time.Minute)
	r.edit(id, "@practice edited")
	r.delete(lost)
	if _, _, err := r.swept(mark); err != nil {
		t.Error(err)
	}
	if err := r.Peek(t.Context(), mark, func(string) bool { return false }, func(context.Context, []ingest.Comment) error { return nil }); err != nil {
		t.Error(err)
	}
	r.Check(t.Context())
	r.dms = nil
	r.dm(pat)
	made := ingest.Outcome{}
	for _, kind := range []ingest.ActionKind{ingest.Hide, ingest.Private, ingest.Reply} {
		if made = r.Act(t.Context(), ingest.Action{Kind: kind, Item: mid, Text: "see cedar-clinic.com"}); made.Result != ingest.Done {
			t.Errorf("%s: %+v", kind, made)
		}
	}
	if _, err := r.Observe(t.Context(), mid); err != nil {
		t.Error(err)
	}
	r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: made.Item})
	if len(kinds) != 9 {
		t.Errorf("only these were compared: %v", kinds)
	}
}
