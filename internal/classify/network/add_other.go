//go:build !amd64

package network

func set(dst []int16, src []int8)                  { setGo(dst, src) }
func add(dst []int16, src []int8)                  { addGo(dst, src) }
func pool(best, rows []int16, filters, places int) { poolGo(best, rows, filters, places) }
func axpy4(alpha *[4]float32, x, y []float32)      { axpy4Go(alpha, x, y) }
