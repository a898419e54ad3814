package identifier

import "testing"

func TestFullNames(t *testing.T) {
	checkFindings(t, []finding{
		{"My name is Tilda Vosgrave and I need a refill", "Tilda Vosgrave", fullName},
		{"hi it's Bertrand Oakshaw, running late", "Bertrand Oakshaw", fullName},
		{"Booked for my son Leo Harcastle on Monday", "Leo Harcastle", fullName},
		{"Tell the list: Priscilla Ogunlo-Hart, ward D", "Priscilla Ogunlo-Hart", fullName},
		{"Soy Álvaro Lizcano Prado y quiero mi cita", "Álvaro Lizcano Prado", fullName},
		{"la cita está a nombre de Rosaura Etchebar", "Rosaura Etchebar", fullName},
		{"Bonjour, je suis Godefroy Marchandeau, un nouveau patient", "Godefroy Marchandeau", fullName},
		{"me llamo Ximena y busco cita", "Ximena", fullName},
		{"C'est Godefroy Marchandeau, je serai en retard", "Godefroy Marchandeau", fullName},
		{"M. Quettier-Aubin ici, merci de rappeler", "Quettier-Aubin", fullName},
		{"Hola, aquí Rosaura Etchebar con una duda", "Rosaura Etchebar", fullName},
		{"I am Tilda Vosgrave I have come for years", "Tilda Vosgrave", fullName},
		{"Soy Clemente Etchebar, pido cita", "Clemente Etchebar", fullName},
		{"I am Bertrand d'Oakshaw, new here", "Bertrand d'Oakshaw", fullName},
		{"ask her nurse, Tilda Vosgrave, for the form", "", ""},
		{"Tilda Vosgrave (hygienist) and the team", "", ""},
		{"La higienista Pilar Monsalve es un sol", "", ""},
		{"come by way of Quarry Rd", "", ""},
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
		{"The whole team was kind to me. Thank you! Tilda V.", "Tilda V", signedName},
		{"Felt so much better. Thanks, Brenda", "Brenda", signedName},
		{"Keep up the good work all - tilda", "tilda", signedName},
		{"He listened and I would go again. J. Threlkeld", "J. Threlkeld", fullName},
		{"We love this office. The Chavez Family", "The Chavez Family", signedName},
		{"Todo muy bien. Un abrazo. Atte. Chelo", "Chelo", signedName},
		{"Merci encore — Fabienne", "Fabienne", signedName},
		{"Great visit, great people. Robert Bates, Dallas, TX", "Robert Bates", fullName},
		{"The best care I ever had from another doctor. T.Threlkeld", "T.Threlkeld", fullName},
		{"A wonderful stay for the two of us. Thank you from Rob and Brenda", "Rob and Brenda", signedName},
		{"Back on my feet again and so grateful. Brenda (the one with the parrot)", "Brenda", signedName},
		{"Todo perfecto. Un saludo, Merche", "Merche", signedName},
		{"Mille fois merci. Bisous de Fabienne", "Fabienne", signedName},
		{"Con cariño, abuela Rosaura", "Rosaura", signedName},
		{"Such a fine talk. Yours, Prof. T. Vosgrave", "T. Vosgrave", signedName},
		{"Greetings from Fiji", "", ""},
		{"I recommend the office to anyone. Best people in Texas", "", ""},
		{"Thank you Dr. Vosgrave", "", ""},
		{"Ready before I had even parked. Witchcraft", "", ""},
		{"Cheers for the laser, team. PATHETIC", "", ""},
		{"She was lovely, see you in March", "", ""},
		{"I saw the ad by Acme Dental", "", ""},
	})
}
