package identifier

import "testing"

func TestSpokenNumbers(t *testing.T) {
	checkFindings(t, []finding{
		{"ring six one four, five fifty five, oh one thirty", "six one four, five fifty five, oh one thirty", inWords},
		{"my wasap: cinco cinco luego 5550 luego uno tres", "cinco cinco luego 5550 luego uno tres", inWords},
		{"one or two of three visits, then 2 more", "", ""},
		{"twenty two minutes late, then thirty more", "", ""},
	})
}

func TestSpokenDates(t *testing.T) {
	checkFindings(t, []finding{
		{"the form refuses the fifth of june nineteen fifty two", "fifth of june nineteen fifty two", birth},
		{"born on the 9th of March eighty four", "9th of March eighty four", birth},
		{"nací el seis de mayo del sesenta y cuatro", "seis de mayo del sesenta y cuatro", birth},
		{"il est né le deux juin mille neuf cent quatre-vingt", "deux juin mille neuf cent quatre-vingt", birth},
		{"closed from the third of june to the ninth", "", ""},
		{"may i come at nine", "", ""},
	})
}
