package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

// crashStep is where in sending the process is killed.
type crashStep struct {
	at string
	// fault is what the sandbox does to the write: the answer is lost, and the
	// process lives on.
	fault string
	// write holds the write, else a reading of the comment.
	write bool
	// pass lets it happen before it is held.
	pass bool
	// answer lets the answer arrive, a moment before the kill.
	answer bool
	// again kills the next process too, when it looks what became of it.
	again bool
}

// crashSteps are all of them, in the order in which sending meets them.
var crashSteps = []crashStep{
	{at: "approved, not looked at yet"},
	{at: "looked at", pass: true, answer: true},
	{at: "intent stored, before the write", write: true},
	{at: "after the write, before its answer", write: true, pass: true},
	{at: "answered, outcome not stored", write: true, pass: true, answer: true},
	{at: "answer lost before the write, looking", fault: "cut-before"},
	{at: "answer lost after the write, looking", fault: "cut-after"},
	{at: "answered with 503, looking", fault: "status"},
	{at: "before the write, then looking", write: true, again: true},
	{at: "after the write, then looking", write: true, pass: true, again: true},
}

// spot is an account that is always hit at the same step.
type spot struct {
	*branch
	held
	crashStep
	// served are the addresses at which each process of the practice finds it.
	served []string
	kinds  []ingest.ActionKind
	items  []string
	// done are the actions that were approved, by item.
	done map[string]ingest.ActionKind
}

// spotKinds are what can be done on each platform about a comment.
var spotKinds = map[string][]ingest.ActionKind{
	"facebook":  {ingest.Reply, ingest.Private, ingest.Hide},
	"instagram": {ingest.Reply, ingest.Private, ingest.Hide},
	"x":         {ingest.Reply, ingest.Private, ingest.Hide},
	"wordpress": {ingest.Reply, ingest.Hide},
	"google":    {ingest.Reply},
}

// openSpot plays an account for so many processes, until the test ends.
func openSpot(t *testing.T, name string, step crashStep, processes int) *spot {
	t.Helper()
	played, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = played.Close() })
	platform, _, _ := strings.Cut(name, "-")
	s := &spot{crashStep: step, kinds: spotKinds[platform], done: map[string]ingest.ActionKind{}, held: held{inner: played, puts: map[string]int{}}}
	for i := range processes {
		s.served = append(s.served, serveBranches(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(i, w, r) })))
	}
	s.branch = &branch{Server: played, box: box{t, s.served[0]}, platform: platform, name: name}
	if platform == "google" {
		s.prefix = googleAccount + "/" + googleLocation + "/reviews/"
	}
	if platform == "x" || platform == "google" {
		s.turn("limits", "off")
	}
	return s
}

// section is what the configuration of the ith process says of the account.
func (s *spot) section(i int) string {
	b := *s.branch
	b.url = s.served[i]
	text := b.section(5 * time.Second)
	if s.platform == "x" {
		text += "private = true\n"
	}
	return text
}

// kind is what is approved in a round.
func (s *spot) kind(round int) ingest.ActionKind { return s.kinds[round%len(s.kinds)] }

// method is that of a write there.
func (s *spot) method(kind ingest.ActionKind) string {
	if s.platform == "google" || s.platform == "x" && kind == ingest.Hide {
		return "PUT /"
	}
	return "POST /"
}

// held is a platform of which requests can be held back.
type held struct {
	inner http.Handler
	mu    sync.Mutex
	plan  *plan
	puts  map[string]int // replies that replace the one before, by path
}

// plan is which request is held next, and what becomes of it.
type plan struct {
	crashStep
	item    string
	from    int           // the process that asked
	reached chan struct{} // it is held
	release chan struct{}
	// late lets it happen, and be answered, after all.
	late bool
}

// hold plans to hold the next request about item that the step is at.
func (h *held) hold(step crashStep, item string) *plan {
	p := &plan{crashStep: step, item: item, reached: make(chan struct{}), release: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plan = p
	return p
}

// take gives the plan if r is what it waits for.
func (h *held) take(r *http.Request) *plan {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.plan
	writes := r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "token")
	switch {
	case p == nil, strings.HasPrefix(r.URL.Path, "/_sandbox"):
		return nil
	case writes && p.fault != "":
		p.fault = "" // from now on it is looked what became of it
		return nil
	case p.fault != "", writes != p.write, !writes && !strings.Contains(r.URL.String(), p.item):
		return nil
	}
	h.plan = nil
	return p
}

// pass lets the platform do it.
func (h *held) pass(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/reply") {
		h.mu.Lock()
		h.puts[r.URL.Path]++
		h.mu.Unlock()
	}
	h.inner.ServeHTTP(w, r)
}

// serve answers the ith process.
func (h *held) serve(i int, w http.ResponseWriter, r *http.Request) {
	p := h.take(r)
	if p == nil {
		h.pass(w, r)
		return
	}
	answer := httptest.NewRecorder()
	if p.crashStep.pass {
		h.pass(answer, r)
	}
	p.from = i
	close(p.reached)
	<-p.release
	switch {
	case p.late && !p.crashStep.pass:
		h.pass(answer, r)
	case !p.late && !p.answer:
		panic(http.ErrAbortHandler)
	}
	for k, v := range answer.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
