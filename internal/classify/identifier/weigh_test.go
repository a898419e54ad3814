package identifier

import (
	"strings"
	"testing"
)

// odds are those of the surest finding in a text.
func odds(rs *Rules, text string) float64 {
	best := float64(never)
	for _, f := range rs.findIn(text) {
		best = max(best, f.Odds)
	}
	return best
}

// TestOdds: what is said more plainly has the better odds, and what is plain
// needs no other judge.
func TestOdds(t *testing.T) {
	rs := rules(t, nil, nil)
	for _, texts := range [][]string{
		{"She sings like Tilda Vosgrave does", "Could Tilda Vosgrave be moved, she has school", "my name is Tilda Vosgrave and I wait"},
		{"the plumber has 0121 496 0333", "0121 496 0333 after six", "call me on 0121 496 0333"},
		{"lovely people all of them Brenda", "Lovely people all of them. Brenda", "Lovely people all of them. Love, Brenda"},
		{"we met in 1999, 03/09/2001, and laughed", "my son (03/09/2001) has a rash", "born 03/09/2001"},
		{"the office is at 14 Quarry Road, suite 2", "The baker of 14 Quarry Road sings", "I live at 14 Quarry Road, come"},
		{"felicity wrenbury laughed at it", "thanks, felicity wrenbury"},
	} {
		for i := 1; i < len(texts); i++ {
			if a, b := odds(rs, texts[i-1]), odds(rs, texts[i]); a >= b {
				t.Errorf("%q has odds %v, %q %v", texts[i-1], a, texts[i], b)
			}
		}
	}
	for _, s := range []string{"my dob is 03/09/1977", "NHS no. 999 123 4568", "me llamo Ximena y busco cita"} {
		if odds(rs, s) != Sure {
			t.Errorf("%q: odds %v, want %v", s, odds(rs, s), Sure)
		}
	}
}

// TestTheSurestAreKept: a text full of doubtful names does not hide a sure one.
func TestTheSurestAreKept(t *testing.T) {
	rs := rules(t, nil, nil)
	crowd := strings.Repeat("She met Tilda Vosgrave there. ", 2*most)
	if got := odds(rs, crowd); got == Sure {
		t.Fatalf("the crowd alone has odds %v", got)
	}
	if got := odds(rs, crowd+"My dob is 03/09/1977."); got != Sure {
		t.Errorf("odds %v, want %v", got, Sure)
	}
}
