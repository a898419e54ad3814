package identifier

import "testing"

func TestDwellings(t *testing.T) {
	checkFindings(t, []finding{
		{"Vivo en Residencial Las Acacias bloque 4 apto 3C", "Residencial Las Acacias bloque 4 apto 3C", street},
		{"vivo en la urbanización Los Cedros manzana F casa 12", "urbanización Los Cedros manzana F casa 12", street},
		{"estoy en el edificio Miramonte apto 7B, no puedo bajar", "edificio Miramonte apto 7B", street},
		{"I'm in apartment 12B, Quarry Towers, cannot get down", "apartment 12B, Quarry Towers", street},
		{"J'habite résidence Les Tilleuls, bâtiment C, appartement 14", "résidence Les Tilleuls, bâtiment C, appartement 14", street},
		{"el edificio Miramonte tiene piso 3", "", ""},
		{"Residencial Los Cedros, casa 12 en venta", "", ""},
		{"third floor, room 12B, turn left", "", ""},
		{"sala 4 piso 2 consultorio 12", "", ""},
	})
}

// TestWherePeopleAre: an address where somebody is weighs more than one where a
// firm is.
func TestWherePeopleAre(t *testing.T) {
	rs := rules(t, nil, nil)
	for _, texts := range [][2]string{
		{"le cabinet est au 12 impasse du Moulin", "je suis seul au 12 impasse du Moulin"},
		{"elle est allée au 8 route de l'Étang", "elle est tombée au 8 route de l'Étang"},
		{"la tienda, en avenida Robles 2231", "estamos en avenida Robles 2231"},
		{"They moved to 14 Quarry Road", "I moved to 14 Quarry Road"},
	} {
		if firm, person := odds(rs, texts[0]), odds(rs, texts[1]); firm >= person {
			t.Errorf("%q has odds %v, %q %v", texts[0], firm, texts[1], person)
		}
	}
}
