package draft

import (
	"reflect"
	"strings"
	"testing"

	"triage/internal/respond/gate"
)

var cedar = Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142", Booking: "https://cedar.example/talk", Portal: "https://portal.cedar.example"}

func practices() map[string]Practice {
	bare, noPortal, noBooking := cedar, cedar, cedar
	bare.Booking, bare.Portal, noPortal.Portal, noBooking.Booking = "", "", "", ""
	abroad := cedar
	abroad.Emergency, abroad.Crisis, abroad.Phone = "112", "116 123", "+44 20 7946 0958"
	return map[string]Practice{"all": cedar, "bare": bare, "no portal": noPortal, "no booking": noBooking, "abroad": abroad}
}

func newDrafter(t testing.TB, p Practice, own ...Template) *Drafter {
	t.Helper()
	d, err := NewDrafter(p, own, newGate(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newGate(t testing.TB) *gate.Gate {
	t.Helper()
	g, err := gate.New(gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestShippedTemplates puts every wording that can be drafted, of every
// platform, lane and kind of practice, through the gate and the tape.
func TestShippedTemplates(t *testing.T) {
	g := newGate(t)
	for kind, p := range practices() {
		d := newDrafter(t, p)
		for platform, l := range limits {
			for _, lane := range draftLanes {
				for _, channel := range []Channel{Public, InboxDM} {
					b := Brief{Platform: platform, Lang: "en", Lane: lane, Channel: channel, Case: "c1"}
					drafts := d.Drafts(b)
					if channel == InboxDM && l.private == 0 {
						if len(drafts) > 0 {
							t.Errorf("%v has a private wording", b)
						}
						continue
					}
					if len(drafts) < 3 {
						t.Errorf("%s: %v has %d wordings, want 3", kind, b, len(drafts))
					}
					for _, draft := range drafts {
						checkShipped(t, g, p, b, draft.Text)
					}
				}
			}
		}
	}
}

func checkShipped(t *testing.T, g *gate.Gate, p Practice, b Brief, text string) {
	t.Helper()
	for _, problem := range g.Check(gate.Outgoing{Text: text, Staff: []string{p.Name}, Own: p.Own()}) {
		t.Errorf("%v: %q: %s: %s", b, text, problem.Rule, problem.Why)
	}
	if n := limits[b.Platform].length(text); n > limits[b.Platform].greatest(b.Channel) {
		t.Errorf("%v: %q is %d long", b, text, n)
	}
	want := []string{p.Phone}
	switch {
	case b.Lane == "urgent":
		want = append(want, p.facts()["Emergency"], p.facts()["Crisis"])
	case b.Channel == InboxDM:
		want = append(want, "medical details", p.Booking, p.Portal)
	case b.Platform == "facebook" || b.Platform == "instagram":
		want = append(want, "rivate message", "consultation", p.Booking)
	case b.Platform == "x" && strings.Contains(text, "://"):
		t.Errorf("%v: %q has a link", b, text)
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%v: %q does not say %q", b, text, w)
		}
	}
	for _, bad := range []string{"  ", " ,", " .", "..", "{{", "<no value>"} {
		if strings.Contains(text, bad) {
			t.Errorf("%v: %q has %q", b, text, bad)
		}
	}
}

// TestContentBlind: within one language and lane, swapped comments change
// nothing. The type of a brief has no room for one, and the first wording
// depends on the case's id alone.
func TestContentBlind(t *testing.T) {
	want := []string{"Platform", "Lang", "Lane", "Channel", "Case"}
	var got []string
	for f := range reflect.TypeFor[Brief]().Fields() {
		got = append(got, f.Name)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("Brief has the fields %v, want %v: nothing of a comment may be among them", got, want)
	}
	d := newDrafter(t, cedar)
	firsts := map[string]bool{}
	for i := range 40 {
		b := Brief{Platform: "facebook", Lang: "en", Lane: "clear", Channel: Public, Case: string(rune('a' + i))}
		one, two := d.Drafts(b), d.Drafts(b)
		if !reflect.DeepEqual(one, two) {
			t.Fatalf("case %q is worded in two ways", b.Case)
		}
		firsts[one[0].Text] = true
	}
	if len(firsts) < 3 {
		t.Errorf("40 cases begin with %d wordings, want them to rotate", len(firsts))
	}
}

func TestDraftsFallBack(t *testing.T) {
	d := newDrafter(t, cedar)
	if got := d.Drafts(Brief{Platform: "bluesky", Lang: "tl", Lane: "clear", Channel: Public}); len(got) == 0 || got[0].Template != "any.en.clear.public" {
		t.Errorf("an unknown platform and language got %v", got)
	}
	for _, lane := range []string{"look", "take-down"} {
		if got := d.Drafts(Brief{Platform: "facebook", Lang: "en", Lane: lane, Channel: Public}); got != nil {
			t.Errorf("%s has a wording: %v", lane, got)
		}
	}
	own := Template{Lang: "en", Platform: "facebook", Lanes: []string{"clear"}, Channel: Public, Variants: []string{"Please call {{.Phone}} to talk in private."}}
	got := newDrafter(t, cedar, own).Drafts(Brief{Platform: "facebook", Lang: "en", Lane: "clear", Channel: Public})
	if len(got) != 1 || got[0].Text != "Please call (503) 555-0142 to talk in private." || got[0].Template != "facebook.en.clear.public" {
		t.Errorf("the practice's own template gave %v", got)
	}
}

func TestNewDrafterRefuses(t *testing.T) {
	ok := Template{Lang: "en", Lanes: []string{"clear"}, Channel: Public, Variants: []string{"Please call {{.Phone}}."}}
	for want, change := range map[string]func(*Template, *Practice){
		"relationship":   func(t *Template, _ *Practice) { t.Variants = []string{"Thank you for choosing us."} },
		"placeholder":    func(t *Template, _ *Practice) { t.Variants = []string{"Please call {{.Fax}}."} },
		"cannot be read": func(t *Template, _ *Practice) { t.Variants = []string{"Please call {{.Phone."} },
		"shorten it":     func(t *Template, _ *Practice) { t.Variants = []string{strings.Repeat("Please call. ", 400)} },
		"no link":        func(t *Template, _ *Practice) { t.Platform, t.Variants = "x", []string{"Please see {{.Booking}}."} },
		"no variants":    func(t *Template, _ *Practice) { t.Variants = nil },
		"channel is":     func(t *Template, _ *Practice) { t.Channel = "loud" },
		"no lang":        func(t *Template, _ *Practice) { t.Lang = "" },
		"no lanes":       func(t *Template, _ *Practice) { t.Lanes = nil },
		"has no wording": func(t *Template, _ *Practice) { t.Lanes = []string{"look"} },
		"name is empty":  func(_ *Template, p *Practice) { p.Name = " " },
		"phone is":       func(_ *Template, p *Practice) { p.Phone = "call us" },
		"emergency is":   func(_ *Template, p *Practice) { p.Emergency = "help" },
		"crisis is":      func(_ *Template, p *Practice) { p.Crisis = "help" },
		"booking is":     func(_ *Template, p *Practice) { p.Booking = "http://cedar.example" },
		"portal is":      func(_ *Template, p *Practice) { p.Portal = "https://cedar.example/?patient=1" },
	} {
		tpl, p := ok, cedar
		change(&tpl, &p)
		_, err := NewDrafter(p, []Template{tpl}, newGate(t))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
