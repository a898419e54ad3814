package lexicon

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

var shared = sync.OnceValues(Load)

func lists(tb testing.TB) *Lists {
	tb.Helper()
	ls, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return ls
}

func readIn(tb testing.TB, raw, lang string) *Reading {
	tb.Helper()
	r := &Reading{}
	lists(tb).Read(r, raw, lang, nil)
	return r
}

// terms are the hits of a text: what stands there, and its tags.
func terms(r *Reading) string {
	var out []string
	for _, h := range r.Hits {
		start, end := r.Place(h)
		var names []string
		for t := range tagCount {
			if h.Tags.Has(t) {
				names = append(names, tagNames[t])
			}
		}
		out = append(out, fmt.Sprintf("%s: %s", r.Raw[start:end], strings.Join(names, " ")))
	}
	return strings.Join(out, "; ")
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"My KNEE, my ｋｎｅｅ":            "my knee , my knee",
		"Niño, café, A\u0301valos":    "niño , cafe , avalos",
		"I can’t":                     "i can't",
		"J'ai mal qu'hier":            "j ai mal qu hier",
		"my саnсer":                   "my cancer", // two Cyrillic letters
		"p@in a$thma, wow! hey":       "pain asthma , wow ! hey",
		"k\u200bnee":                  "knee",
		"c a n c e r and c.a.n.c.e.r": "cancer and cancer",
		"a b c":                       "a b c",
		"#NewKnee NewKnee":            "# new knee newknee",
		"a\xffb":                      "a b",
		"(well-known) «mot»":          "well known mot",
		"":                            "",
	} {
		if got := strings.Join(Words(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	r := readIn(t, " Dr. Lind saw ME on 12 May. Élise? ok", "en")
	var got []string
	for _, k := range r.Tokens {
		is := fmt.Sprint(k.Sent)
		for name, yes := range map[string]bool{"upper": k.Upper && !k.Shout, "shout": k.Shout, "mark": k.Mark, "digit": k.Digit} {
			if yes {
				is += name
			}
		}
		got = append(got, r.Raw[k.Start:k.End]+" "+is)
	}
	want := "Dr 0upper|. 0mark|Lind 0upper|saw 0|ME 0shout|on 0|12 0digit|May 0upper|. 0mark|Élise 1upper|? 1mark|ok 2"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"Great office and the staff is very kind":    "en",
		"La doctora es muy amable con mi hijo":       "es",
		"Le docteur est très gentil avec nous":       "fr",
		"Das Team ist sehr nett und die Praxis auch": "de",
		"Врач был очень внимателен, всем советую":    "ru",
		"rodilla": "es", "???": "en", "👍👍": "en", "ok": "en",
	} {
		r := &Reading{}
		if listed := lists(t).Read(r, text, "", nil); r.Lang != want || listed != slices.Contains(Languages, want) {
			t.Errorf("%q: %s, listed %v; want %s", text, r.Lang, listed, want)
		}
	}
}

func TestTerms(t *testing.T) {
	for _, test := range []struct{ lang, text, want string }{
		{"en", "my hip replacement", "my: self; hip replacement: proc"},
		{"en", "d1abetes and asthma's", "d1abetes: cond; asthma's: cond"},
		{"en", "feeeever", "feeeever: symp"},
		{"es", "tengo d1abetes", "tengo: self; d1abetes: cond"},
		{"fr", "ma fausse couche", "ma: self; fausse couche: repro"},
		{"en", "the weather", ""},
		{"de", "my diabetes", ""},
	} {
		if got := terms(readIn(t, test.text, test.lang)); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.lang, test.text, got, test.want)
		}
	}
}

func TestAdd(t *testing.T) {
	ls, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range []string{"coolsculpt*", "blue lamp", "blue lamp of doom"} {
		if err := ls.Add("en", term, TagProc); err != nil {
			t.Fatal(err)
		}
	}
	r := &Reading{}
	ls.Read(r, "CoolSculpting, the Blue Lamp, the blue lamp of doom", "en", nil)
	if got, want := terms(r), "CoolSculpting: proc; Blue Lamp: proc; blue lamp of doom: proc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for term, want := range map[string]string{"": "no word", "ab*": "fewer than three letters"} {
		if err := ls.Add("en", term, TagProc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("add %q: %v, want %q", term, err, want)
		}
	}
	if err := ls.terms["en"].load("# words\n\nnosuch\tknee"); err == nil || err.Error() != "line 3: unknown tag" {
		t.Errorf("a list with an unknown tag: %v", err)
	}
}

func TestKnows(t *testing.T) {
	for word, want := range map[string]bool{"diabetes": true, "es|embarazada": true, "fr|grossesse": true, "a": true, "abdomen": true, "vosgrave": false, "es|vosgrave": false, "xx|embarazada": false} {
		if got := lists(t).Knows(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestSetsOfTags(t *testing.T) {
	specific := Of(TagCond, TagSymp, TagProc, TagMed, TagTest, TagRepro, TagMent, TagSubst)
	if Specific != specific || Medical != specific|Of(TagWordnet, TagBody) || Allusion != Of(TagVProc, TagVMed, TagVTest, TagVague, TagRoutine) {
		t.Errorf("specific %b, medical %b, allusion %b", Specific, Medical, Allusion)
	}
}

func TestOfSomebody(t *testing.T) {
	for text, want := range map[string]bool{"I have diabetes": true, "diabetes": true, "people with diabetes": false, "your diabetes": false, "my wife told people about diabetes": false} {
		r := readIn(t, text, "en")
		k := slices.IndexFunc(r.Hits, func(h Hit) bool { return h.Tags.Has(TagCond) })
		if k < 0 || r.OfSomebody(k) != want {
			t.Errorf("%q: hit %d of %s, want of somebody %v", text, k, terms(r), want)
		}
	}
}

func TestQuestions(t *testing.T) {
	for text, want := range map[string][2]bool{
		"Great staff.":                   {false, false},
		"Great staff. Open on Sunday?":   {true, false},
		"How do I book":                  {true, false},
		"Should I stop my medication?":   {true, true},
		"I stopped my medication. Open?": {true, false},
	} {
		if asks, care := readIn(t, text, "en").Questions(); asks != want[0] || care != want[1] {
			t.Errorf("%q: asks %v, about care %v", text, asks, care)
		}
	}
}

func TestInputs(t *testing.T) {
	got := lists(t).Inputs("TENGO Asma, 12 de 345", "es")
	want := []Input{
		{"tengo", "es", 1<<TagSelf | TagUpper | TagShout}, {"asma", "es", 1<<TagCond | TagUpper}, {",", "", 0},
		{"00", "es", 0}, {"de", "es", 0}, {"000", "es", 0},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if p := got[0].Prefixes(); p[0] != "es|" || len(p) != 3 || len(got[2].Prefixes()) != 1 {
		t.Errorf("prefixes %q", p)
	}
	if other := lists(t).Inputs("Das Team ist sehr nett und die Praxis auch", ""); other != nil {
		t.Errorf("of a language without lists: %v", other)
	}
}

// TestAReadingIsUsedAgain: nothing of the text before is left, and nothing is
// allocated.
func TestAReadingIsUsedAgain(t *testing.T) {
	r := readIn(t, "Should I stop my diabetes pills on 12 May? I am 45.", "en")
	lists(t).Read(r, "Das Team ist nett", "de", nil)
	if asks, _ := r.Questions(); asks || len(r.Hits) > 0 || r.All != 0 || len(r.Tokens) != 4 {
		t.Errorf("left of the text before: %s, tags %b, %d tokens", terms(r), r.All, len(r.Tokens))
	}
	texts := []string{"My knee hurts since 12 May and I am in pain, is this all right?", "mi rodilla me duele y no se por que", "Élise’s ｍｉｇｒａｉｎｅ is as it was 🙏"}
	n := testing.AllocsPerRun(20, func() {
		for _, s := range texts {
			lists(t).Read(r, s, "", nil)
			for i := range r.Tokens {
				r.Input(i)
			}
			r.Questions()
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "\x00", "\xff\xfe cancer", "\u200fשלום my knee", "a\u0301\u0303n\u0303o", "c.a.n.c.e.r", "I'm d'l'", "x@y $$ !a", "a b c d", "ﷺ ½ ①"} {
		f.Add(s)
	}
	r := &Reading{}
	f.Fuzz(func(t *testing.T, s string) {
		lists(t).Read(r, s, "", nil)
		at := 0
		for i, k := range r.Tokens {
			if k.Word == "" || k.Start < at || k.Start >= k.End || k.End > len(s) {
				t.Fatalf("token %d of %d bytes: %+v after %d", i, len(s), k, at)
			}
			if utf8.ValidString(s) && !utf8.ValidString(s[k.Start:k.End]) {
				t.Fatalf("token %d cuts a letter: %+v", i, k)
			}
			at = k.Start
		}
		for i, h := range r.Hits {
			if h.Tags == 0 || h.From >= h.To || h.To > len(r.Tokens) || i > 0 && h.From < r.Hits[i-1].To {
				t.Fatalf("hit %d of %d tokens: %+v", i, len(r.Tokens), h)
			}
		}
	})
}
