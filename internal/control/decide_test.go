package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

const (
	safe   = desktest.Safe
	unsafe = "We hope your surgery went well. Please call us."
)

// atWork gives the service a desk that decides, and four-eyed settings.
func atWork(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	s.users(t)
	must(t, s.Users.Create(t.Context(), people.User{Name: "second", Role: people.Officer}))
	desk := desktest.New(t).Desk
	desk.Cases, desk.Texts, desk.Names, desk.Now = s.Cases, s.Texts, s.names, time.Now
	desk.Accounts = map[string]respond.Account{"main": {Actor: desktest.NewPlatform(), Lang: "en"}}
	s.rules = respond.Rules{Window: time.Minute, DailyCap: 50}
	desk.Rules = func() respond.Rules { return s.rules }
	s.options.Cases = desk
	return s
}

// opened opens a case with a suggestion in each lane.
func (s *service) opened(t *testing.T, lanes ...respond.Lane) (ids []string) {
	t.Helper()
	for i, comment := range s.comments(t, "writer", len(lanes)) {
		comment.PrivateUntil, comment.CanHide, comment.Created = time.Now().Add(time.Hour), true, time.Now()
		comment.Own = lanes[i] == respond.LaneTakeDown
		c := respond.Case{Comment: comment, Lane: lanes[i], Opened: time.Now(),
			Judgement:  classify.Judgement{Judged: true, Level: classify.Clear, Reasons: []classify.Reason{{Why: "names an operation"}}},
			Suggestion: &respond.Suggestion{Text: safe, Private: safe}}
		c.Note(time.Now(), respond.Machine, "opened", string(lanes[i]))
		must(t, s.Cases.Create(t.Context(), []respond.Case{c}))
		ids = append(ids, comment.ID)
	}
	return ids
}

// do gives an order about a case.
func (s *service) do(t *testing.T, as, what, id string, in Decide) (view CaseView, err error) {
	t.Helper()
	err = s.client(t, as).Call(t.Context(), http.MethodPost, "/cases/"+id+"/"+what, in, &view)
	return view, err
}

// says fails unless an order was refused with these words.
func says(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%v, want %q", err, words)
	}
}

// Whoever may not do it is told so, and the rest get past that, whatever comes then.
func TestWhoMayDecideByCommand(t *testing.T) {
	s := atWork(t)
	id := s.opened(t, respond.LaneClear)[0]
	before, _ := s.Cases.Get(t.Context(), id)
	for route, a := range deciding {
		for as, role := range map[string]people.Role{"": people.Operator, "viewer": people.Viewer, "reviewer": people.Reviewer, "privacy": people.Officer, "admin": people.Admin} {
			method, path, _ := strings.Cut(strings.Replace(route, "{id}", strings.Repeat("b", 20), 1), " ")
			err := s.client(t, as).Call(t.Context(), method, path, Decide{}, nil)
			if refused := err != nil && strings.Contains(err.Error(), "name somebody who may with --as"); refused == role.May(a.needs) {
				t.Errorf("%s by %q (%s): %v", route, as, role, err)
			}
		}
	}
	if after, _ := s.Cases.Get(t.Context(), id); after.Revision != before.Revision {
		t.Error("something happened to a case")
	}
	if route := deciding["POST /cases/{id}/override"]; route.needs != people.Override {
		t.Error("anybody may override")
	}
}

func TestListByCommand(t *testing.T) {
	s := atWork(t)
	ids := s.opened(t, respond.LanePossible, respond.LaneUrgent, respond.LaneClear, respond.LaneSample)
	_, err := s.do(t, "reviewer", "assign", ids[2], Decide{To: " Reviewer "})
	must(t, err)
	_, err = s.do(t, "reviewer", "dismiss", ids[0], Decide{})
	must(t, err)
	for query, want := range map[string][]string{
		"": {ids[1], ids[2]}, "?assignee=reviewer": {ids[2]}, "?assignee=-": {ids[1]}, "?lane=urgent": {ids[1]}, "?lane=sample": {ids[3]},
		"?state=dismissed": {ids[0]}, "?platform=x": {}, "?platform=facebook&most=1": {ids[1]}, "?first=1": {ids[2]}, "?from=2199-01-01T00:00:00Z": {},
	} {
		var got CaseList
		must(t, s.client(t, "viewer").Call(t.Context(), http.MethodGet, "/cases"+query, nil, &got))
		found := []string{}
		for _, c := range got.Cases {
			found = append(found, c.ID)
		}
		if !slices.Equal(found, want) {
			t.Errorf("%q lists %q, want %q", query, found, want)
		}
	}
	for query, words := range map[string]string{"?state=odd": "--state wants", "?lane=odd": "--lane wants", "?from=soon": "a day such as"} {
		says(t, s.client(t, "viewer").Call(t.Context(), http.MethodGet, "/cases"+query, nil, nil), words)
	}
}

// What is shown holds no word of the comment, until somebody reveals it: which is recorded.
func TestShowAndReveal(t *testing.T) {
	s := atWork(t)
	id := s.opened(t, respond.LaneClear)[0]
	var all bytes.Buffer
	for _, path := range []string{"/cases", "/cases/" + id} {
		var raw json.RawMessage
		must(t, s.client(t, "viewer").Call(t.Context(), http.MethodGet, path, nil, &raw))
		all.Write(raw)
	}
	var view CaseView
	must(t, s.client(t, "viewer").Call(t.Context(), http.MethodGet, "/cases/"+id, nil, &view))
	if view.State != "open" || view.Step != 1 || view.Level != "clear" || !slices.Equal(view.Why, []string{"names an operation"}) || view.Suggest.Text != safe || len(view.May) < 4 || view.Said != nil {
		t.Errorf("shown %+v", view)
	}
	view, err := s.do(t, "reviewer", "reveal", id, Decide{})
	must(t, err)
	if view.Said == nil || !strings.Contains(view.Said.Text, planted) || view.Said.Author != planted {
		t.Errorf("revealed %+v", view.Said)
	}
	last := view.History[len(view.History)-1]
	if last.Do != respond.Revealed || last.By != "reviewer" || last.OS != OSUser() || last.From != "command" {
		t.Errorf("the history has %+v", last)
	}
	s.silent(t, all.String())
}

func TestDecideByCommand(t *testing.T) {
	s := atWork(t)
	ids := s.opened(t, respond.LaneClear, respond.LaneClear, respond.LaneClear)
	view, err := s.do(t, "reviewer", "approve", ids[0], Decide{Suggested: true, Public: true, InPrivate: true, Hide: "identifier"})
	must(t, err)
	if len(view.Actions) != 3 || view.Actions[0].Text != safe || view.Actions[1].Text != safe || view.Actions[2].Reason != "identifier" || view.State != "going" {
		t.Errorf("approved %+v", view.Actions)
	}
	_, err = s.do(t, "admin", "dismiss", ids[0], Decide{})
	says(t, err, "(approved, by reviewer at ")
	view, err = s.do(t, "admin", "undo", ids[0], Decide{})
	must(t, err)
	if view.State != "open" || view.History[len(view.History)-1].OS != OSUser() {
		t.Errorf("undone: %+v", view)
	}
	_, err = s.do(t, "reviewer", "approve", ids[0], Decide{Step: 1, Suggested: true, Public: true})
	says(t, err, "undone, by admin")

	_, err = s.do(t, "reviewer", "approve", ids[1], Decide{Public: true, Reply: unsafe})
	var refused *Refused
	if !errors.As(err, &refused) || refused.Problems[0].Kind != "reply" || refused.Problems[0].Text != unsafe || refused.Problems[0].Why == "" {
		t.Fatalf("%v", err)
	}
	view, err = s.do(t, "reviewer", "approve", ids[1], Decide{Suggested: true, InPrivate: true})
	must(t, err)
	if len(view.Actions) != 1 || view.Actions[0].Do != ingest.Private {
		t.Errorf("in private only: %+v", view.Actions)
	}
	view, err = s.do(t, "reviewer", "approve", ids[2], Decide{Hide: "other-person"})
	must(t, err)
	if len(view.Actions) != 1 || view.Actions[0].Do != ingest.Hide {
		t.Errorf("hidden only: %+v", view.Actions)
	}
	s.silent(t)
}

func TestColleaguesByCommand(t *testing.T) {
	s := atWork(t)
	id := s.opened(t, respond.LaneClear)[0]
	for _, nobody := range []string{"out", "viewer", "stranger"} {
		_, err := s.do(t, "reviewer", "assign", id, Decide{To: nobody})
		says(t, err, "no user of this name who may decide")
	}
	_, err := s.do(t, "reviewer", "note", id, Decide{Text: " has diabetes, see chart"})
	var refused *Refused
	if !errors.As(err, &refused) || refused.Problems[0].Kind != "note" || !strings.Contains(refused.Problems[0].Text[refused.Problems[0].Start:], "diabetes") {
		t.Errorf("%v", err)
	}
	view, err := s.do(t, "reviewer", "note", id, Decide{Text: "Called, no answer."})
	must(t, err)
	if len(view.Notes) != 1 || view.Notes[0].Text != "Called, no answer." {
		t.Errorf("%+v", view.Notes)
	}
	var masked CaseView
	must(t, s.client(t, "viewer").Call(t.Context(), http.MethodGet, "/cases/"+id, nil, &masked))
	if len(masked.Notes) > 0 {
		t.Error("a viewer reads notes")
	}
	_, err = s.do(t, "reviewer", "outcome", id, Decide{Code: respond.Booked})
	says(t, err, "after a reply went out")
	_, err = s.do(t, "reviewer", "handled", id, Decide{})
	says(t, err, "nothing on this case to be done by hand")
}

func TestTogetherByCommand(t *testing.T) {
	s := atWork(t)
	ids := s.opened(t, respond.LaneClear, respond.LaneUrgent, respond.LanePossible)
	var out []Together
	must(t, s.client(t, "reviewer").Call(t.Context(), http.MethodPost, "/cases/dismiss", Decide{Cases: append(ids, "nowhere")}, &out))
	if got := fmt.Sprint(out); out[0].Why != "" || out[2].Why != "" || !strings.Contains(out[1].Why, "decide on it alone") || !strings.Contains(out[3].Why, "no such case") {
		t.Errorf("%s", got)
	}
	must(t, s.client(t, "reviewer").Call(t.Context(), http.MethodPost, "/cases/undo", Decide{Cases: ids}, &out))
	if out[0].Why != "" || !strings.Contains(out[1].Why, "went on meanwhile") || out[2].Why != "" {
		t.Errorf("undone: %+v", out)
	}
}

// Without the service nobody knows what may be sent where; the rest can be decided.
func TestDecideWhileTheServiceIsStopped(t *testing.T) {
	s := atWork(t)
	s.options.Cases.Accounts = nil
	id := s.opened(t, respond.LaneClear)[0]
	for what, in := range map[string]Decide{"approve": {Suggested: true, Public: true}, "override": {Public: true, Reply: unsafe, Override: "consent"}, "confirm": {}} {
		_, err := s.do(t, "admin", what, id, in)
		says(t, err, "the service is stopped")
	}
	_, err := s.do(t, "admin", "dismiss", id, Decide{})
	must(t, err)
}
