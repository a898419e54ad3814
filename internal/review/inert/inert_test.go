package inert

import (
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/classify"
)

// flat writes pieces as text: marks in (), signs in {}.
func flat(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		s := p.Text
		if p.Sign {
			s = "{" + s + "}"
		}
		if len(p.Why) > 0 {
			s = "(" + s + ")"
		}
		b.WriteString(s)
	}
	return b.String()
}

func TestInert(t *testing.T) {
	why := func(at ...int) (out []classify.Reason) {
		for i := 0; i < len(at); i += 2 {
			out = append(out, classify.Reason{Start: at[i], End: at[i+1]})
		}
		return out
	}
	for _, tt := range []struct {
		name, text string
		reasons    []classify.Reason
		want       string
	}{
		{"plain", "my knee\nhurts", nil, "my knee\nhurts"},
		{"marked", "my knee hurts", why(3, 7), "my (knee) hurts"},
		{"overlapping", "abcdef", why(1, 4, 2, 6), "a(b)(cd)(ef)"},
		{"outside", "abc", why(-5, 1, 2, 99, 7, 9, 2, 1), "(a)b(c)"},
		{"inside a character", "é!", why(1, 3), "é(!)"},
		{"turned around", "a\u202egnp.exe\u202c", nil, "a{[right-to-left forced]}gnp.exe{[end of direction]}"},
		{"isolates", "\u2066x\u2069\u200f", nil, "{[left-to-right]}x{[end of direction]}{[right-to-left]}"},
		{"invisible", "a\u200bb\x00c\ufeff", nil, "a{[U+200B]}b{[U+0000]}c{[U+FEFF]}"},
		{"emoji and joiners", "👩‍⚕️ می‌خواهم", nil, "👩‍⚕️ می‌خواهم"},
		{"stacked", "a" + strings.Repeat("\u0301", 500) + "b", nil, "a" + strings.Repeat("\u0301", mostStacked) + "b"},
		{"broken", "a\xffb", nil, "a\ufffdb"},
	} {
		got, cut := Text(tt.text, tt.reasons)
		if s := flat(got); s != tt.want || cut {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

func TestInertIsBounded(t *testing.T) {
	reasons := make([]classify.Reason, 5000)
	for i := range reasons {
		reasons[i] = classify.Reason{Start: 0, End: 10 << 20}
	}
	got, cut := Text(strings.Repeat("ß", 5<<20), reasons)
	if n := utf8.RuneCountInString(flat(got)); !cut || n > MostCharacters+2 || len(got[0].Why) != MostReasons {
		t.Errorf("%d characters, cut %v", n, cut)
	}
}

func FuzzInert(f *testing.F) {
	f.Add("my knee \u202e hurts", 3, 7)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		got, _ := Text(text, []classify.Reason{{Start: start, End: end}})
		for _, r := range flat(got) {
			if signFor(r) != "" {
				t.Errorf("%q holds %U", text, r)
			}
		}
	})
}
