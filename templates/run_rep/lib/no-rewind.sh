# Without run.onDiverged: rewind nothing is rewound.
rewind_data() {
  return 0
}
