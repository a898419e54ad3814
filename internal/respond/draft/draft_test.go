package draft

import (
	"iter"
	"reflect"
	"slices"
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
	all := map[string]Practice{"all": cedar, "bare": bare, "no portal": noPortal, "no booking": noBooking, "abroad": abroad}
	for kind, p := range map[string]Practice{"all": cedar, "bare": bare} {
		for ways := range orders(DefaultWays) {
			p.Ways = ways
			all[kind+": "+strings.Join(ways, ", ")] = p
		}
	}
	return all
}

// orders are all that a practice may choose: some of the ways, in any order.
func orders(of []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		var grow func(chosen []string) bool
		grow = func(chosen []string) bool {
			if len(chosen) > 0 && !yield(slices.Clone(chosen)) {
				return false
			}
			for _, w := range of {
				if !slices.Contains(chosen, w) && !grow(append(slices.Clone(chosen), w)) {
					return false
				}
			}
			return true
		}
		grow(nil)
	}
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

// spokenAs is how the wordings of a language say what they must say.
var spokenAs = map[string]struct{ message, consultation, medical string }{
	"en": {"private message", "book a consultation", "medical details"},
	"es": {"mensaje privado", "reservar una consulta", "datos médicos"},
	"fr": {"message privé", "réserver une consultation", "détail médical"},
}

// TestShippedTemplates puts every wording that can be drafted, of every language,
// platform, lane and kind of practice, through the gate and the tape.
func TestShippedTemplates(t *testing.T) {
	g, checked := newGate(t), 0
	for kind, p := range practices() {
		p.Languages = spoken
		d := newDrafter(t, p)
		for b, l := range briefs() {
			drafts := d.Drafts(b)
			if b.Channel == InboxDM && l.private == 0 {
				if len(drafts) > 0 {
					t.Errorf("%v has a private wording", b)
				}
				continue
			}
			if len(drafts) < 3 {
				t.Errorf("%s: %v has %d wordings, want 3", kind, b, len(drafts))
			}
			for _, draft := range drafts {
				if !strings.Contains(draft.Template, "."+b.Lang+".") {
					t.Errorf("%s: %v is worded by %s", kind, b, draft.Template)
				}
				checkShipped(t, g, p, b, draft.Text)
				checked++
			}
		}
	}
	t.Logf("%d wordings", checked)
}

// briefs are those of every platform, language, lane and channel.
func briefs() iter.Seq2[Brief, limit] {
	return func(yield func(Brief, limit) bool) {
		for platform, l := range limits {
			for _, lang := range spoken {
				for _, lane := range draftLanes {
					for _, channel := range []Channel{Public, InboxDM} {
						if !yield(Brief{Platform: platform, Lang: lang, Lane: lane, Channel: channel, Case: "c1"}, l) {
							return
						}
					}
				}
			}
		}
	}
}

func checkShipped(t *testing.T, g *gate.Gate, p Practice, b Brief, text string) {
	t.Helper()
	for _, problem := range g.Check(gate.Outgoing{Text: text, Lang: b.Lang, Staff: []string{p.Name}, Own: p.Own()}) {
		t.Errorf("%v: %q: %s: %s", b, text, problem.Rule, problem.Why)
	}
	if n := limits[b.Platform].length(text); n > limits[b.Platform].greatest(b.Channel) {
		t.Errorf("%v: %q is %d long", b, text, n)
	}
	want, say := []string{p.Phone}, spokenAs[b.Lang]
	offered := func(way string) bool { return len(p.Ways) == 0 || slices.Contains(p.Ways, way) }
	links := b.Platform != "x" || b.Channel == InboxDM
	switch {
	case b.Lane == "urgent":
		want = append(want, p.facts()["Emergency"], p.facts()["Crisis"])
	case b.Channel == InboxDM:
		want = append(want, say.medical)
	case !links && strings.Contains(text, "://"):
		t.Errorf("%v: %q has a link", b, text)
	}
	if b.Lane != "urgent" {
		if offered(wayBooking) {
			want = append(want, say.consultation)
		}
		if offered(wayBooking) && links {
			want = append(want, p.Booking)
		}
		if offered(wayPortal) && links {
			want = append(want, p.Portal)
		}
		if here := b.Channel == Public && limits[b.Platform].private > 0 && offered(wayPrivate); here != strings.Contains(text, say.message) {
			t.Errorf("%v: %q offers a private message: %v, want %v", b, text, !here, here)
		}
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%v: %q does not say %q", b, text, w)
		}
	}
	for _, bad := range []string{"  ", " ,", " .", "..", "{", "please.", ", .", "or or", "<no value>"} {
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
		"relationship":     func(t *Template, _ *Practice) { t.Variants = []string{"Thank you for choosing us."} },
		"placeholder":      func(t *Template, _ *Practice) { t.Variants = []string{"Please call {{.Fax}}."} },
		"cannot be read":   func(t *Template, _ *Practice) { t.Variants = []string{"Please call {{.Phone."} },
		"shorten it":       func(t *Template, _ *Practice) { t.Variants = []string{strings.Repeat("Please call. ", 400)} },
		"no link":          func(t *Template, _ *Practice) { t.Platform, t.Variants = "x", []string{"Please see {{.Booking}}."} },
		"no variants":      func(t *Template, _ *Practice) { t.Variants = nil },
		"channel is":       func(t *Template, _ *Practice) { t.Channel = "loud" },
		"no lang":          func(t *Template, _ *Practice) { t.Lang = "" },
		"no lanes":         func(t *Template, _ *Practice) { t.Lanes = nil },
		"has no wording":   func(t *Template, _ *Practice) { t.Lanes = []string{"look"} },
		"name is empty":    func(_ *Template, p *Practice) { p.Name = " " },
		"phone is":         func(_ *Template, p *Practice) { p.Phone = "call us" },
		"emergency is":     func(_ *Template, p *Practice) { p.Emergency = "help" },
		"crisis is":        func(_ *Template, p *Practice) { p.Crisis = "help" },
		"ways has \"fax\"": func(_ *Template, p *Practice) { p.Ways = []string{"phone", "fax"} },
		"twice":            func(_ *Template, p *Practice) { p.Ways = []string{"phone", "phone"} },
		"booking is":       func(_ *Template, p *Practice) { p.Booking = "http://cedar.example" },
		"portal is":        func(_ *Template, p *Practice) { p.Portal = "https://cedar.example/?patient=1" },
	} {
		tpl, p := ok, cedar
		change(&tpl, &p)
		_, err := NewDrafter(p, []Template{tpl}, newGate(t))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// TestWays: in which order the ways are offered, by platform and practice.
func TestWays(t *testing.T) {
	const message, book, call, callToBook, portal = "send us a private message", "book a consultation at https://cedar.example/talk",
		"call (503) 555-0142", "call (503) 555-0142 to book a consultation", "reach us through the secure portal at https://portal.cedar.example"
	bare := cedar
	bare.Booking, bare.Portal = "", ""
	for name, tt := range map[string]struct {
		p        Practice
		ways     []string
		platform string
		channel  Channel
		want     string
	}{
		"as shipped":                {cedar, nil, "facebook", Public, message + ", " + book + ", " + call + ", or " + portal},
		"where nothing is private":  {cedar, nil, "google", Public, book + ", " + call + ", or " + portal},
		"where links cost":          {cedar, nil, "x", Public, message + " or " + callToBook},
		"in private":                {cedar, nil, "facebook", InboxDM, book + ", " + call + ", or " + portal},
		"in private where links do": {cedar, nil, "x", InboxDM, book + ", " + call + ", or " + portal},
		"an unknown platform":       {cedar, nil, "bluesky", Public, book + ", " + call + ", or " + portal},
		"without links":             {bare, nil, "instagram", Public, message + " or " + callToBook},
		"another order":             {cedar, []string{"portal", "phone", "booking"}, "facebook", Public, portal + ", " + call + ", or " + book},
		"the phone always":          {cedar, []string{"private"}, "facebook", Public, message + " or " + call},
		"the phone alone":           {cedar, []string{"private"}, "wordpress", Public, call},
		"booking by phone":          {bare, []string{"booking"}, "wordpress", Public, callToBook},
	} {
		t.Run(name, func(t *testing.T) {
			tt.p.Ways = tt.ways
			if got := newDrafter(t, tt.p).ways["en"].say(tt.p, limits[tt.platform], tt.channel); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestLanguages: a comment is answered in a language that staff can go on in; only
// where somebody may need help now, in her own.
func TestLanguages(t *testing.T) {
	answer := func(languages []string, lang, lane string) string {
		p := cedar
		p.Languages = languages
		got := newDrafter(t, p).Drafts(Brief{Platform: "facebook", Lang: lang, Lane: lane, Channel: Public})
		return strings.Split(got[0].Template, ".")[1]
	}
	for _, tt := range []struct {
		languages        []string
		lang, lane, want string
	}{
		{nil, "es", "clear", "en"},
		{nil, "es", "urgent", "es"},
		{[]string{"en", "es"}, "es-MX", "clear", "es"},
		{[]string{"en", "es"}, "fr", "possible", "en"},
		{[]string{"fr", "en"}, "es", "possible", "fr"},
		{[]string{"fr"}, "en", "clear", "fr"},
		{nil, "tl", "urgent", "en"},
	} {
		if got := answer(tt.languages, tt.lang, tt.lane); got != tt.want {
			t.Errorf("%v: %s in the lane %s is answered in %s, want %s", tt.languages, tt.lang, tt.lane, got, tt.want)
		}
	}
}
