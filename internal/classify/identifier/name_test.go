package identifier

import "testing"

func TestFullNames(t *testing.T) {
	checkFindings(t, []finding{
		{"My name is Tilda Vosgrave and I need a refill", "Tilda Vosgrave", full},
		{"hi it's Bertrand Oakshaw, running late", "Bertrand Oakshaw", full},
		{"Booked for my son Leo Harcastle on Monday", "Leo Harcastle", full},
		{"Tell the list: Priscilla Ogunlo-Hart, ward D", "Priscilla Ogunlo-Hart", full},
		{"Soy Álvaro Lizcano Prado y quiero mi cita", "Álvaro Lizcano Prado", full},
		{"la cita está a nombre de Rosaura Etchebar", "Rosaura Etchebar", full},
		{"Bonjour, je suis Godefroy Marchandeau, un nouveau patient", "Godefroy Marchandeau", full},
		{"me llamo Ximena y busco cita", "Ximena", full},
		{"Dr. Tilda Vosgrave is the best", "", ""},
		{"Thanks to nurse Bertrand Oakshaw for the chat", "", ""},
		{"la doctora Pilar Monsalve atiende aquí", "", ""},
		{"I saw Dr. Vosgrave. Tilda Vosgrave, MD, listened", "", ""},
		{"@Tilda Vosgrave look at the reception", "", ""},
		{"Happy New Year from Elm Lodge on Blue Monday", "", ""},
		{"She sings like Juan Gabriel", "", ""},
		{"El Centro Médico de la Seguridad Social cierra", "", ""},
		{"GREAT STAFF AND GREAT SERVICE", "", ""},
	})
}

func TestSignatures(t *testing.T) {
	checkFindings(t, []finding{
		{"The whole team was kind to me. Thank you! Tilda V.", "Tilda V", full},
		{"Felt so much better. Thanks, Brenda", "Brenda", signed},
		{"Keep up the good work all - tilda", "tilda", signed},
		{"He listened and I would go again. J. Threlkeld", "J. Threlkeld", full},
		{"We love this office. The Chavez Family", "The Chavez Family", signed},
		{"Todo muy bien. Un abrazo. Atte. Chelo", "Chelo", signed},
		{"Merci encore — Fabienne", "Fabienne", signed},
		{"Great visit, great people. Robert Bates, Dallas, TX", "Robert Bates", full},
		{"I recommend the office to anyone. Best people in Texas", "", ""},
		{"Thank you Dr. Vosgrave", "", ""},
		{"Ready before I had even parked. Witchcraft", "", ""},
		{"Cheers for the laser, team. PATHETIC", "", ""},
		{"She was lovely, see you in March", "", ""},
		{"I saw the ad by Acme Dental", "", ""},
	})
}
