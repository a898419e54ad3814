package identifier

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"triage/internal/classify/lexicon"
)

var shared = sync.OnceValues(lexicon.Load)

// rules are those of a practice with this staff and what else is its own.
func rules(tb testing.TB, staff, own []string) *Rules {
	tb.Helper()
	lists, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return New(lists, staff, own)
}

// read reads a text as the classifier does before it looks for identifiers;
// in English if its language has no word lists.
func (rs *Rules) read(s string) *lexicon.Reading {
	r := &lexicon.Reading{}
	if !rs.lists.Read(r, s, "", nil) {
		rs.lists.Read(r, s, "en", nil)
	}
	return r
}

func (rs *Rules) findIn(s string) []Found { return rs.Find(rs.read(s), nil) }

// finding is a text, the identifier in it and what it is; none if why is "".
type finding struct{ text, part, why string }

// checkFindings looks for them by the rules alone.
func checkFindings(t *testing.T, tests []finding) {
	t.Helper()
	rs := rules(t, nil, nil)
	for _, test := range tests {
		fs := slices.DeleteFunc(rs.findIn(test.text), func(f Found) bool { return f.Odds < 0 })
		if test.why == "" {
			if len(fs) > 0 {
				t.Errorf("%q: found %q, which %s", test.text, test.text[fs[0].Start:fs[0].End], fs[0].Why)
			}
			continue
		}
		ok := false
		for _, f := range fs {
			ok = ok || f.Why == test.why && test.text[f.Start:f.End] == test.part
		}
		if !ok {
			t.Errorf("%q: want %q, which %s; found %+v", test.text, test.part, test.why, fs)
		}
	}
}

// whys are all that may be said of an identifier: no word of a text is in it.
var whys = []string{phone, inWords, mail, record, birth, street, fullName, signedName}

func TestPhones(t *testing.T) {
	checkFindings(t, []finding{
		{"Please call me on 555-014-7733 after five", "555-014-7733", phone},
		{"My cell is (555) 014 7733", "(555) 014 7733", phone},
		{"ring Tilda on 07700 900 412 about the form", "07700 900 412", phone},
		{"mi celular es 55 5555 0142, gracias", "55 5555 0142", phone},
		{"Merci de m'appeler, 06 39 98 27 50", "06 39 98 27 50", phone},
		{"text 07700📞900📞412 please", "07700📞900📞412", phone},
		{"my cell is oh seven seven double oh, nine zero zero, four four two", "oh seven seven double oh, nine zero zero, four four two", inWords},
		{"mi número es seis cero cero cinco cinco cinco cero uno dos", "seis cero cero cinco cinco cinco cero uno dos", inWords},
		{"my cell: 2o2 555 o188", "2o2 555 o188", phone},
		{"podéis llamarme al 655 55 01 90", "655 55 01 90", phone},
		{"Dr Vosgrave gave us her cell, 555 014 7733, on day one", "", ""},
		{"Ask the plumber, 0121 496 0333, he came at once", "", ""},
		{"The clinic's line is 0121 496 0000, press 2", "", ""},
		{"Samaritans are on 116 123 at any hour", "", ""},
		{"Your order 884-2091355 has not come", "", ""},
		{"Facture 2024-118733 payée deux fois", "", ""},
		{"I came in 2019 2020 2021 and will again", "", ""},
		{"one of the two or three best offices", "", ""},
		{"open 9-5, rated 10/10, 20/20 vision since 2011", "", ""},
	})
}

func TestEmails(t *testing.T) {
	checkFindings(t, []finding{
		{"Write to me, tilda.vos82@example.com please", "tilda.vos82@example.com", mail},
		{"it is tilda dot vos at example dot com thanks", "tilda dot vos at example dot com", mail},
		{"mándenlo a lupe.corr (arroba) example (punto) net", "lupe.corr (arroba) example (punto) net", mail},
		{"merci d'écrire à solene.k [arobase] example.net", "solene.k [arobase] example.net", mail},
		{"j a d e @ e x a m p l e . n e t", "j a d e @ e x a m p l e . n e t", mail},
		{"send it to tilda<dot>vos<at>example<dot>com", "tilda<dot>vos<at>example<dot>com", mail},
		{"merci d'écrire à solene tiret bas k chez example point net", "solene tiret bas k chez example point net", mail},
		{"it is tilda.vos -at- example -dot- com", "tilda.vos -at- example -dot- com", mail},
		{"CVs go to rrhh@willow.example", "", ""},
		{"nurses2@willowpractice.example read it", "", ""},
		{"They answer at info@willowpractice.example", "", ""},
		{"so proud of @luka.rn and @zo.lw today", "", ""},
		{"I looked at the dot on the scan", "", ""},
	})
}

func TestRecords(t *testing.T) {
	checkFindings(t, []finding{
		{"NHS no. 999 123 4568 and no letter yet", "999 123 4568", record},
		{"Member ID XWQ884120937 keeps failing", "XWQ884120937", record},
		{"my chart no. is 7720194", "7720194", record},
		{"DNI 30.555.017, pido turno", "30.555.017", record},
		{"carte RAMQ LAVD 5899 9907", "LAVD 5899 9907", record},
		{"mon n° sécu 1 71 99 99 555 321 09, rien ne passe", "1 71 99 99 555 321 09", record},
		{"last four are not enough, here: 987-65-4329", "987-65-4329", record},
		{"been a patient since 2011", "", ""},
		{"her GMC number is 7000123, look her up", "", ""},
		{"they put $3000.00 on my card", "", ""},
		{"still no card reader in 2025", "", ""},
	})
}

func TestBirths(t *testing.T) {
	checkFindings(t, []finding{
		{"change my slot, my dob is 03/09/1977", "03/09/1977", birth},
		{"for my son, born 3rd of May 2019", "3rd of May 2019", birth},
		{"nací el 19 de agosto de 1977", "19 de agosto de 1977", birth},
		{"ma puce née le 21 octobre 2022", "21 octobre 2022", birth},
		{"Results for Tilda Vosgrave 30-1-67 please", "30-1-67", birth},
		{"My daughter (14.08.2016) needs her card", "14.08.2016", birth},
		{"soy del 19 de agosto de 1977, no del 78", "19 de agosto de 1977", birth},
		{"my appointment is on 03/09/2027", "", ""},
		{"the surgery was on May 5, 2021", "", ""},
		{"nació esta clínica el 24/11/1999", "", ""},
	})
}

func TestAddresses(t *testing.T) {
	checkFindings(t, []finding{
		{"Post the form to 14 Quarry Road please", "14 Quarry Road", street},
		{"I live at 22 Tallow Court, come quick", "22 Tallow Court", street},
		{"vivo en calle Olmo 17, no puedo bajar", "calle Olmo 17", street},
		{"j'habite 9 rue des Lilas, venez", "9 rue des Lilas", street},
		{"I live at 4/27 Tallow Court", "4/27 Tallow Court", street},
		{"vivo en Jr. Olmo 417, toquen fuerte", "Jr. Olmo 417", street},
		{"the office is at 620 Elm Avenue, suite 2", "", ""},
		{"5 stars all the way, 10 out of 10", "", ""},
		{"La farmacia de la calle Olmo 77 lo tiene", "", ""},
		{"une place un 24 décembre, bravo", "", ""},
	})
}

func TestOwnNumbersAndStaff(t *testing.T) {
	rs := rules(t, []string{"Dr. Tilda Vosgrave"}, []string{"+1 555 014 7733", "willowpractice.example"})
	for _, s := range []string{"call me back on 555-014-7733", "tilda82@willowpractice.example is mine", "Thank you. Tilda Vosgrave", "Thanks, Tilda"} {
		if fs := rs.findIn(s); len(fs) > 0 {
			t.Errorf("%q: %+v", s, fs)
		}
	}
}

// hostile are texts that would be slow for a scan that looks back.
var hostile = []string{"1", "1 ", "@", "a@", "A", "A ", "Ann Bee ", "12 Elm Road ", "x at y dot com ", "one two ", "my name is ", "1/2/34 ", "é1", "\xff1", "O'Neil ", "- ", "St. "}

func TestHostileLengths(t *testing.T) {
	rs := rules(t, nil, nil)
	for _, part := range hostile {
		s := strings.Repeat(part, 100_000/len(part))
		if fs := rs.findIn(s); len(fs) > most {
			t.Errorf("%q again and again: %d found", part, len(fs))
		}
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, s := range append(hostile, "Élise Ávalos, née le 3 mai 1980", "(555) 014-7733.", "C/ Olmo 1", "me@", "@ . @ .", "Thanks,\nJ. Vos ❤️") {
		f.Add(s)
	}
	rs := rules(f, nil, nil)
	f.Fuzz(func(t *testing.T, s string) {
		for _, g := range rs.findIn(s) {
			if g.Start < 0 || g.Start >= g.End || g.End > len(s) || !slices.Contains(whys, g.Why) {
				t.Fatalf("%+v in %d bytes", g, len(s))
			}
			if utf8.ValidString(s) && (!utf8.RuneStart(s[g.Start]) || g.End < len(s) && !utf8.RuneStart(s[g.End])) {
				t.Fatalf("%+v cuts a letter", g)
			}
		}
	})
}

// harmless are invented reviews without an identifier, as most are.
var harmless = []string{
	"Dr. Vosgrave took the time to explain every step of the treatment. The staff are kind and the office is clean. I have been coming here for 12 years and would not go anywhere else. Highly recommend!",
	"My daughter was nervous before her braces. Everyone at the desk was patient with her, and we were out in an hour. Parking is easy on Mondays.",
	"Waited 45 minutes past the hour. The doctor was fine but nobody told us why. I called twice and the phone rang and rang.",
	"La doctora es muy amable y explica todo con paciencia. La clínica está limpia y siempre nos atienden a la hora.",
}

func TestNothingFoundAllocatesNothing(t *testing.T) {
	rs := rules(t, nil, nil)
	for _, s := range harmless {
		r := rs.read(s)
		if n := testing.AllocsPerRun(20, func() { rs.Find(r, nil) }); n > 0 || len(rs.Find(r, nil)) > 0 {
			t.Errorf("%q: %v allocations, found %v", s, n, rs.Find(r, nil))
		}
	}
}

func BenchmarkIdentifiers(b *testing.B) {
	rs := rules(b, nil, nil)
	var texts []*lexicon.Reading
	for _, s := range harmless {
		texts = append(texts, rs.read(s))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range texts {
			rs.Find(r, nil)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(texts)), "ns/text")
}
