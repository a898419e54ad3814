package nudge

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"My KNEE hurts":         "my knee hurts",
		"Él tomó años":          "el tomo anos",
		"J'ai mal à l’œil":      "j ai mal a l oeil",
		"qu'est-ce que c’est":   "qu est-ce que c est",
		"I don't; it’s Crohn's": "i dont; its crohns",
		"сancеr":                "cancer", // two letters are Cyrillic
		"𝐜𝐚𝐧𝐜𝐞𝐫 ｃａｎｃｅｒ":             "cancer cancer",
		"can\u200bcer can\u00adcer": "cancer cancer",
		"癌 🤰!":                      "    !"[1:],
		"\xff\xfea":                 "  a",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFeatures(t *testing.T) {
	got := features(sentences(plain("My diabetes! My 2 kneeees, 12 times. my")))
	want := []string{"my", "my diabetes", "diabetes", "diabe*", "my 0", "0", "0 knes", "knes", "knes 00", "00", "00 times", "times"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := features([][]string{{"a", "", "b"}}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("around a word that was taken out: %q", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("J'ai 3 œufs — Ñandú’s, ｆｕｌｌ\xff")
	f.Fuzz(func(t *testing.T, text string) {
		p := plain(text)
		if strings.IndexFunc(p, func(r rune) bool { return r >= utf8.RuneSelf || r >= 'A' && r <= 'Z' || r == '\'' }) >= 0 {
			t.Fatalf("plain(%q) = %q", text, p)
		}
		if again := plain(p); again != p {
			t.Fatalf("plain(%q) = %q, and then %q", text, p, again)
		}
		for _, f := range features(sentences(p)) {
			if f == "" || strings.Trim(f, "abcdefghijklmnopqrstuvwxyz0* ") != "" {
				t.Fatalf("%q has %q", text, f)
			}
		}
	})
}
