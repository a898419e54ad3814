package control

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
	"triage/internal/settings"
)

func TestFourEyesByCommand(t *testing.T) {
	s := atWork(t)
	s.rules.FourEyes = true
	ids := s.opened(t, respond.LaneClear, respond.LaneTakeDown)
	over := Decide{Public: true, Reply: unsafe, Override: "consent", Note: "She agreed in writing."}
	for name, in := range map[string]Decide{"one of the reasons": {Public: true, Reply: unsafe}, "written reason": {Public: true, Reply: unsafe, Override: "consent"}} {
		_, err := s.do(t, "privacy", "override", ids[0], in)
		says(t, err, name)
	}
	view, err := s.do(t, "privacy", "override", ids[0], over)
	must(t, err)
	if view.Proposed != "privacy" || view.Proposal.Reply+view.Proposal.Note != "" || view.State != "open" || len(view.Actions) > 0 {
		t.Errorf("%+v", view)
	}
	var masked CaseView
	must(t, s.client(t, "reviewer").Call(t.Context(), http.MethodGet, "/cases/"+ids[0], nil, &masked))
	if masked.Proposal == nil || masked.Proposal.Reply+masked.Proposal.Note != "" {
		t.Errorf("to one who may not confirm it: %+v", masked.Proposal)
	}
	shown, err := s.do(t, "second", "reveal", ids[0], Decide{})
	must(t, err)
	if shown.Proposal.Reply != unsafe || shown.Proposal.Note != "She agreed in writing." || shown.Step != view.Step {
		t.Errorf("revealed: %+v", shown.Proposal)
	}
	if shown, err = s.do(t, "reviewer", "reveal", ids[0], Decide{}); err != nil || shown.Proposal.Reply != "" {
		t.Errorf("revealed to one who may not confirm it: %+v, %v", shown.Proposal, err)
	}
	_, err = s.do(t, "privacy", "confirm", ids[0], Decide{Step: view.Step})
	says(t, err, "second person")
	_, err = s.do(t, "second", "confirm", ids[0], Decide{})
	says(t, err, "name the step of the case that you saw")
	over.Reply += " Really."
	seen, _ := s.do(t, "privacy", "override", ids[0], over)
	_, err = s.do(t, "second", "confirm", ids[0], Decide{Step: view.Step})
	says(t, err, "the case went on before you decided (proposed, by privacy")
	view = seen
	view, err = s.do(t, "second", "confirm", ids[0], Decide{Step: view.Step})
	must(t, err)
	if len(view.Actions) != 1 || view.Actions[0].By != "privacy" || view.Actions[0].Second != "second" {
		t.Errorf("%+v", view.Actions)
	}
	if _, err = s.do(t, "privacy", "dismiss", ids[1], Decide{}); err == nil {
		t.Error("our own words stay online without a reason")
	}
	over.Leave, over.Reply, over.Public = true, "", false
	view, err = s.do(t, "privacy", "override", ids[1], over)
	must(t, err)
	if !view.Proposal.Dismiss {
		t.Errorf("%+v", view.Proposal)
	}
	view, err = s.do(t, "second", "withdraw", ids[1], Decide{})
	must(t, err)
	if view.Proposal != nil || view.State != "open" {
		t.Errorf("%+v", view)
	}
}

// What the check refuses is told with its words also where nobody typed them: what is
// suggested, and what was proposed, was written down before the check changed.
func TestRefusedWordsThatNobodyTyped(t *testing.T) {
	s := atWork(t)
	s.rules.FourEyes = true
	ids := s.opened(t, respond.LaneClear, respond.LaneClear)
	_, err := s.options.Cases.Change(t.Context(), ids[0], func(c *respond.Case) error { c.Suggestion.Text = unsafe; return nil })
	must(t, err)
	view, err := s.do(t, "privacy", "override", ids[1], Decide{Public: true, Reply: unsafe, Override: "consent", Note: "She agreed in writing."})
	must(t, err)
	s.options.Cases.Accounts["main"] = respond.Account{Actor: brief{desktest.NewPlatform()}, Lang: "en"}
	_, suggested := s.do(t, "second", "approve", ids[0], Decide{Suggested: true, Public: true})
	_, proposed := s.do(t, "second", "confirm", ids[1], Decide{Step: view.Step})
	for _, err := range []error{suggested, proposed} {
		var refused *Refused
		if !errors.As(err, &refused) || refused.Problems[0].Text != unsafe {
			t.Errorf("%v: %+v", err, refused)
		}
	}
}

// brief is a platform that takes short replies only.
type brief struct{ *desktest.Platform }

func (s brief) Capabilities() ingest.Capabilities {
	c := s.Platform.Capabilities()
	c.MaxReply = 20
	return c
}

func TestASettingTakesTwo(t *testing.T) {
	s := newService(t, settings.Setting{Name: "eyes", Default: "false", Eyes: true,
		Parse: func(s string) (any, error) { return s == "true", nil }, Widens: func(from, _ any) bool { return from == any(true) }})
	s.users(t)
	set := func(as, path, value string) (now Setting, err error) {
		err = s.client(t, as).Call(t.Context(), http.MethodPost, "/settings"+path, Change{Name: "eyes", Value: value}, &now)
		return now, err
	}
	now, err := set("privacy", "", "true")
	must(t, err)
	if now.Value != "true" || now.Proposed != nil {
		t.Errorf("%+v", now)
	}
	before := len(s.told(t))
	if now, err = set("privacy", "", "false"); err != nil || now.Value != "true" || now.Proposed == nil || now.Proposed.By != "privacy" {
		t.Errorf("%+v, %v", now, err)
	}
	_, err = set("privacy", "/confirm", "")
	says(t, err, "you proposed it yourself")
	now, err = set("admin", "/confirm", "")
	must(t, err)
	if now.Value != "false" || now.History[0].Second != "admin" {
		t.Errorf("%+v", now)
	}
	_, err = set("admin", "/withdraw", "")
	says(t, err, "nothing is proposed")
	if got := s.since(t, before); !slices.Equal(got, []string{"privacy setting-proposed eyes true to false", "admin setting-confirmed eyes proposed by privacy: false"}) {
		t.Errorf("the audit has %q", got)
	}
	must(t, s.options.People.SetDisabled(t.Context(), "admin", true))
	_, err = set("privacy", "", "true")
	says(t, err, "add another privacy officer or admin first")
	_, err = set("nobody", "/confirm", "")
	says(t, err, "no such user")
}
