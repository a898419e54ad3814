package nudge

import "testing"

func TestContact(t *testing.T) {
	j := &Judge{Practice: Practice{Private: "https://www.cedar.example/private", Phone: "+1 (503) 555-0142"}}
	for text, want := range map[string]bool{
		"Call me on (415) 555-0199":                        true,
		"my number 415.555.0199 thanks":                    true,
		"llámenme al 612 34 56 78":                         true,
		"mon numéro : 06.12.34.56.78":                      true,
		"+33 6 12 34 56 78":                                true,
		"ring 555-0199":                                    true,
		"write to kim.o+test@mail.example.org please":      true,
		"my DOB is 3/4/1971":                               true,
		"born 3 April 1971, ref please":                    true,
		"Nací el 3 de abril de 1971":                       true,
		"date de naissance : 03/04/1971":                   true,
		"née le 3 avril 1971":                              true,
		"date of birth: April 3, 1971":                     true,
		"":                                                 false,
		"I rang (503) 555-0142 twice":                      false, // the practice's
		"503-555-0142":                                     false,
		"it says frontdesk@cedar.example on the door":      false,
		"Lifeline 1300 22 4636, or 0800 111 222":           false,
		"call 1-800-555-0199":                              false,
		"open 12/03/2024 10:30 to 14/03/2024 18:00":        false,
		"I waited from 9 to 11, paid $1,234.50":            false,
		"2019-2024 were good years":                        false,
		"born and raised here":                             false,
		"the clinic was founded 3 April 1971":              false,
		"room 12 34, code 4711":                            false,
		"12345678901234567890123 is no telephone's number": false,
		"follow @cedar":                                    false,
	} {
		if got := j.contact(plain(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if (&Judge{Practice: Practice{Phone: "503 555 0142"}}).contact("a@b.example") != true {
		t.Error("a practice without a form has no addresses of its own")
	}
}
