package gate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fewPass is how many of a hundred refused replies may pass a rewriting: the
// fixtures are short, and what the network thinks of what is left decides.
const fewPass = 15

// TestGateDisguise: what is refused stays refused in every disguise.
func TestGateDisguise(t *testing.T) {
	g := newGate(t)
	for name, f := range disguises {
		if _, passed := disguised(t, g, f); len(passed) > 0 {
			t.Errorf("%s lets through: %q", name, passed)
		}
	}
	for name, f := range rewritings {
		if n, passed := disguised(t, g, f); len(passed)*100 > fewPass*n {
			t.Errorf("%s lets %d of %d through: %q", name, len(passed), n, passed)
		}
	}
}

// disguised tries a disguise on the refused fixtures, but for those that are only
// about disguises, and returns how many it changed and what passed.
func disguised(t *testing.T, g *Gate, f disguise) (n int, passed []string) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, x := range gateFixtures(t) {
		if x.ok || x.rule == RuleHidden {
			continue
		}
		text := f(r, x.reply)
		if text == x.reply {
			continue
		}
		n++
		problems := g.Check(Outgoing{Text: text, Comment: x.comment})
		checkPlaces(t, text, problems)
		if len(problems) == 0 {
			passed = append(passed, text)
		}
	}
	return n, passed
}

// TestGateInnocent: what nobody would call a disguise is not refused as one.
func TestGateInnocent(t *testing.T) {
	g := newGate(t)
	for _, text := range []string{
		"T H A N K  Y O U !", "Soooo kind, thank you!", "Thank you! 😄🎉", "#FluClinic", "The café is open from 9-5, Monday to Friday.",
		"We are open 8:00-12:00 and 14:00-18:00 on weekdays.", "Parking is free & easy; the R&D floor is closed.", "Doors open at <9 on weekdays.", "Get 20% off parking on Mondays.",
		"Le cabinet est ouvert de 8 h à 9 h.", "Nuestra oficina atiende de lunes a viernes.",
	} {
		if got := g.Check(Outgoing{Text: text}); slices.ContainsFunc(got, func(p Problem) bool { return p.Rule == RuleHidden || p.Rule == RuleLanguage }) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestGateOtherLanguage: a text that is not in the language it is said to be in, or
// only in part, is refused.
func TestGateOtherLanguage(t *testing.T) {
	g := newGate(t)
	for text, lang := range map[string]string{
		"Gracias por escribir, nuestra oficina atiende de lunes a viernes.":                "en",
		"Merci pour votre message, le cabinet est ouvert du lundi au vendredi.":            "es",
		"Thank you for writing. Our office is open from Monday to Friday.":                 "fr",
		"Thank you for your comment, espere a que baje la hinchazón, and call our office.": "en",
		"Thank you for your comment, vous avez bien fait de venir, and call our office.":   "en",
		"Thank you. Our office is open.":                                                   "xx",
	} {
		if got := g.Check(Outgoing{Text: text, Lang: lang}); len(got) == 0 {
			t.Errorf("%q passes as %q", text, lang)
		}
	}
}

// TestGateLong: what is refused is refused at any place of a long text, and is
// found where it stands.
func TestGateLong(t *testing.T) {
	g := newGate(t)
	const bad = "Your visit on Tuesday went well, as you know."
	for _, before := range []int{0, 20, 60, 200} {
		text := strings.Repeat(calm, before) + bad + " " + strings.Repeat(calm, 20)
		got := g.Check(Outgoing{Text: text, Lang: "en"})
		checkPlaces(t, text, got)
		if at := len(calm) * before; !slices.ContainsFunc(got, func(p Problem) bool { return p.Start < at+len(bad) && p.End > at }) {
			t.Errorf("behind %d sentences: %v", before, got)
		}
	}
}

// signless are disguises of which every letter that they touch tells.
var signless = []string{"space of no width", "joiner", "non-joiner", "soft hyphen", "word joiner", "byte order mark", "tags", "control", "override"}

func FuzzGate(f *testing.F) {
	for _, x := range gateFixtures(f) {
		f.Add(x.reply, x.comment)
	}
	f.Add("\xff\xfe y o u", "\x00")
	f.Add("㏂ visit &#118;isit", "v%69sit")
	g, r := newGate(f), rand.New(rand.NewPCG(1, 2))
	f.Fuzz(func(t *testing.T, reply, comment string) {
		problems := g.Check(Outgoing{Text: reply, Comment: comment})
		checkPlaces(t, reply, problems)
		if len(problems) == 0 {
			return
		}
		for _, name := range signless {
			text := disguises[name](r, reply)
			if got := g.Check(Outgoing{Text: text, Comment: comment}); len(got) == 0 && text != reply {
				t.Errorf("%s lets %q through: %q", name, reply, text)
			}
		}
	})
}
