// task_memory.go - Go: what a sleeping goroutine that has run once holds in memory.
//
// SPDX-License-Identifier: MIT
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bytes this process holds in memory: resident pages and the page tables that map them.
func resident() float64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	kibibytes := 0.0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if fields[0] == "VmRSS:" || fields[0] == "VmPTE:" {
			size, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				panic(err)
			}
			kibibytes += size
		}
	}
	return kibibytes * 1024
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	before := resident()
	var started sync.WaitGroup
	started.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			started.Done()
			time.Sleep(time.Hour)
		}()
	}
	started.Wait()
	fmt.Printf("{\"bench\":\"task.memory\",\"subject\":\"go\",\"unit\":\"bytes\",\"value\":%.6g}\n",
		(resident()-before)/float64(count))
}
