"""What is held of one person: given out, corrected, erased (PIPL, art. 44 to 50). The chain holds references only."""
