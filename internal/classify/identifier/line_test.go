package identifier

import "testing"

// TestWhoseLine: what is said of a number right beside it settles whose it is.
func TestWhoseLine(t *testing.T) {
	rs := rules(t, nil, nil)
	for _, s := range []string{"555-014-7733 that's my cell", "55 5555 0142 ese es mi whats", "0612998877 c'est mon portable", "655550190 es el mío"} {
		if got := odds(rs, s); got < 3 {
			t.Errorf("%q: odds %v, want 3 or more", s, got)
		}
	}
	for _, s := range []string{"the pharmacy line is 0121 496 0334", "La recepción es 55 5555 0142", "le secrétariat c'est le 01 99 00 12 34", "Banda para bodas, tel 655 55 01 90, buenos precios"} {
		if got := odds(rs, s); got > -6 {
			t.Errorf("%q: odds %v, want -6 or less", s, got)
		}
	}
}

func TestCases(t *testing.T) {
	checkFindings(t, []finding{
		{"the lab mixed us up, they have me as case 55-21093", "55-21093", record},
		{"my case number is 2210934 and nobody answers", "2210934", record},
		{"mi caso es el 8841-22 y nadie responde", "8841-22", record},
		{"in the case of 2021-4471 the judge said no", "", ""},
		{"my order is case 22-10934, when does it ship", "", ""},
		{"the vacancy, NHS ref 22-10934, is it filled", "", ""},
	})
}
