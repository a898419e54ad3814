package identifier

import "testing"

func TestSmallNames(t *testing.T) {
	checkFindings(t, []finding{
		{"hello, this is felicity wrenbury, can i move my slot", "felicity wrenbury", fullName},
		{"its cedric olumba again about the forms", "cedric olumba", fullName},
		{"my mum, glenda ashcroft-tooley, waits for a letter", "glenda ashcroft-tooley", fullName},
		{"soy gertrudis ibarrondo y pido cita", "gertrudis ibarrondo", fullName},
		{"bonjour c'est fabienne quertinmont, pour demain", "fabienne quertinmont", fullName},
		{"a nombre de ramiro de la hoz, gracias", "ramiro de la hoz", fullName},
		{"dr glenda tooley was lovely", "", ""},
		{"nurse felicity wrenbury took my blood", "", ""},
		{"ben voyons, encore fermé", "", ""},
		{"rose tinted glasses and a rob from the till", "", ""},
		{"the frank answer helped", "", ""},
	})
}

func TestSurnameFirst(t *testing.T) {
	checkFindings(t, []finding{
		{"Surname Wrenbury, first name Felicity, please check", "Surname Wrenbury, first name Felicity", fullName},
		{"filed under Ashcroft, first name Glenda I think", "Ashcroft, first name Glenda", fullName},
		{"apellidos Ibarrondo Sáez, nombre Gertrudis", "apellidos Ibarrondo Sáez, nombre Gertrudis", fullName},
		{"The first name on the list was called at nine", "", ""},
		{"your surname policy is odd, the first visit too", "", ""},
	})
}
