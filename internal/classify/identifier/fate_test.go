package identifier

import "testing"

func TestFates(t *testing.T) {
	checkFindings(t, []finding{
		{"Gordon Threlkeld had his gallbladder out there", "Gordon Threlkeld", fullName},
		{"Isn't this where Felicity Harcastle gave birth", "Felicity Harcastle", fullName},
		{"Wasn't it Leonard Oakshaw who had the stroke there?", "Leonard Oakshaw", fullName},
		{"ask Bertrand Oakshaw about it, they lost the notes of Felicity Wrenbury", "Felicity Wrenbury", fullName},
		{"aquí operaron a Rosaura Etchebar de la cadera", "Rosaura Etchebar", fullName},
		{"A Ximena Etchebar le hicieron la cesárea ahí", "Ximena Etchebar", fullName},
		{"Rosaura Etchebar tuvo su bebé con ustedes", "Rosaura Etchebar", fullName},
		{"fue donde murió Evaristo Monsalve", "Evaristo Monsalve", fullName},
		{"C'est là que Godefroy Marchandeau s'est fait opérer du genou", "Godefroy Marchandeau", fullName},
		{"@Tilda Vosgrave this is where you had your tooth out!", "Tilda Vosgrave", fullName},
		{"@Rosaura Etchebar mira, aquí te operaron", "Rosaura Etchebar", fullName},
		{"@Godefroy Marchandeau c'est ici que tu as eu ton opération", "Godefroy Marchandeau", fullName},
		{"@Tilda Vosgrave have you seen the new reception?", "", ""},
		{"@Rosaura Etchebar mira qué bonito quedó", "", ""},
		{"Miss Tilda Vosgrave did my knee and I am walking", "", ""},
		{"Mr Gordon Oakshaw operated on me in May", "", ""},
		{"Rosaura Etchebar me operó de la vesícula", "", ""},
		{"C'est Fabienne Quettier qui m'a suivie pendant ma grossesse", "", ""},
		{"I made 5k with Mrs Tilda Vosgrave, write to her on telegram", "", ""},
		{"Thanks to Tilda Oakshaw, Bertrand Wren and Dr Sheila Oak on the ward", "", ""},
		{"take line 12 to Elm Court", "", ""},
	})
}

func TestAnybodysFate(t *testing.T) {
	rs := rules(t, nil, nil)
	anybody, patient := odds(rs, "Tilda Vosgrave had her hip done"), odds(rs, "Tilda Vosgrave had her hip done here")
	if anybody <= 0 || anybody >= patient {
		t.Errorf("odds %v for anybody's hip, %v for one done here", anybody, patient)
	}
}
